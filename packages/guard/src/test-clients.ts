// Requests as clients send them, recorded at a socket; names and ids are those of the scene.

/** docker 28.2.2: create, network create, volume create, ps, ls, stop, rm, exec, pull, images, logs. */
export const dockerCli: readonly (readonly [line: string, body: string])[] = [
  ['HEAD /_ping', ''],
  ['GET /v1.47/version', ''],
  [
    'POST /v1.47/containers/create?name=web',
    '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"ExposedPorts":{"80/tcp":{}},"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":["A=b"],"Cmd":["sh","-c","sleep 1"],"Image":"alpine:3","Volumes":{},"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{},"HostConfig":{"Binds":["data:/data"],"ContainerIDFile":"","LogConfig":{"Type":"","Config":{}},"NetworkMode":"backend","PortBindings":{"80/tcp":[{"HostIp":"","HostPort":"8080"}]},"RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,"VolumeDriver":"","VolumesFrom":null,"ConsoleSize":[0,0],"CapAdd":null,"CapDrop":null,"CgroupnsMode":"","Dns":[],"DnsOptions":[],"DnsSearch":[],"ExtraHosts":null,"GroupAdd":null,"IpcMode":"","Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":false,"PublishAllPorts":false,"ReadonlyRootfs":false,"SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":0,"Isolation":"","CpuShares":0,"Memory":67108864,"NanoCpus":0,"CgroupParent":"","BlkioWeight":0,"BlkioWeightDevice":[],"BlkioDeviceReadBps":[],"BlkioDeviceWriteBps":[],"BlkioDeviceReadIOps":[],"BlkioDeviceWriteIOps":[],"CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,"CpusetCpus":"","CpusetMems":"","Devices":[],"DeviceCgroupRules":null,"DeviceRequests":null,"MemoryReservation":0,"MemorySwap":0,"MemorySwappiness":-1,"OomKillDisable":false,"PidsLimit":0,"Ulimits":[],"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximumBandwidth":0,"MaskedPaths":null,"ReadonlyPaths":null},"NetworkingConfig":{"EndpointsConfig":{}}}',
  ],
  [
    'POST /v1.47/containers/create',
    '{"Hostname":"","Domainname":"","User":"","AttachStdin":false,"AttachStdout":true,"AttachStderr":true,"Tty":false,"OpenStdin":false,"StdinOnce":false,"Env":null,"Cmd":null,"Image":"alpine:3","Volumes":{},"WorkingDir":"","Entrypoint":null,"OnBuild":null,"Labels":{},"HostConfig":{"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"","Config":{}},"NetworkMode":"default","PortBindings":{},"RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,"VolumeDriver":"","VolumesFrom":null,"ConsoleSize":[0,0],"CapAdd":null,"CapDrop":null,"CgroupnsMode":"","Dns":[],"DnsOptions":[],"DnsSearch":[],"ExtraHosts":null,"GroupAdd":null,"IpcMode":"","Cgroup":"","Links":null,"OomScoreAdj":0,"PidMode":"","Privileged":false,"PublishAllPorts":false,"ReadonlyRootfs":false,"SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":0,"Isolation":"","CpuShares":0,"Memory":0,"NanoCpus":0,"CgroupParent":"","BlkioWeight":0,"BlkioWeightDevice":[],"BlkioDeviceReadBps":[],"BlkioDeviceWriteBps":[],"BlkioDeviceReadIOps":[],"BlkioDeviceWriteIOps":[],"CpuPeriod":0,"CpuQuota":0,"CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,"CpusetCpus":"","CpusetMems":"","Devices":[],"DeviceCgroupRules":null,"DeviceRequests":null,"MemoryReservation":0,"MemorySwap":0,"MemorySwappiness":-1,"OomKillDisable":false,"PidsLimit":0,"Ulimits":[],"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximumBandwidth":0,"MaskedPaths":null,"ReadonlyPaths":null},"NetworkingConfig":{"EndpointsConfig":{"default":{"IPAMConfig":null,"Links":null,"Aliases":null,"MacAddress":"","DriverOpts":null,"GwPriority":0,"NetworkID":"","EndpointID":"","Gateway":"","IPAddress":"","IPPrefixLen":0,"IPv6Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,"DNSNames":null}}}}',
  ],
  [
    'POST /v1.47/networks/create',
    '{"Driver":"bridge","Scope":"","IPAM":{"Driver":"default","Options":{},"Config":[]},"Internal":false,"Attachable":false,"Ingress":false,"ConfigOnly":false,"ConfigFrom":null,"Options":{},"Labels":{},"Name":"net"}',
  ],
  ['POST /v1.47/volumes/create', '{"Driver":"local","Name":"v"}'],
  ['GET /v1.47/containers/json', ''],
  ['GET /v1.47/networks', ''],
  ['GET /v1.47/volumes', ''],
  ['POST /v1.47/containers/web/stop', ''],
  ['DELETE /v1.47/containers/web?force=1&v=1', ''],
  ['GET /v1.47/containers/web/json', ''],
  [
    'POST /v1.47/containers/web/exec',
    '{"User":"","Privileged":false,"Tty":false,"AttachStdin":false,"AttachStderr":false,"AttachStdout":false,"Detach":true,"DetachKeys":"","Env":null,"WorkingDir":"","Cmd":["ls"]}',
  ],
  [
    'POST /v1.47/exec/ee66000000000000000000000000000000000000000000000000000000000000/start',
    '{"Detach":true,"Tty":false}',
  ],
  ['POST /v1.47/images/create?fromImage=docker.io%2Flibrary%2Falpine&tag=3', ''],
  ['GET /v1.47/images/json', ''],
  [
    'GET /v1.47/containers/aa11000000000000000000000000000000000000000000000000000000000000/logs?stderr=1&stdout=1&tail=all',
    '',
  ],
]

/** dockerode 5, as testcontainers calls it: the query repeats the body. */
export const dockerode: readonly (readonly [line: string, body: string])[] = [
  [
    'POST /containers/create?Image=postgres%3A16&name=db&platform=linux%2Famd64&Env=A%3Db%20c&ExposedPorts=%7B%225432%2Ftcp%22%3A%7B%7D%7D&HostConfig=%7B%22PortBindings%22%3A%7B%225432%2Ftcp%22%3A%5B%7B%22HostPort%22%3A%220%22%7D%5D%7D%7D',
    '{"Image":"postgres:16","name":"db","platform":"linux/amd64","Env":["A=b c"],"ExposedPorts":{"5432/tcp":{}},"HostConfig":{"PortBindings":{"5432/tcp":[{"HostPort":"0"}]}}}',
  ],
  ['POST /containers/web/stop?t=5', '{"t":5}'],
  ['POST /containers/web/start', ''],
  ['DELETE /containers/web?v=true&force=true', ''],
  ['POST /containers/web/exec', '{"Cmd":["ls"],"AttachStdout":true,"AttachStderr":true}'],
  [
    'POST /exec/ee66000000000000000000000000000000000000000000000000000000000000/start',
    '{"hijack":false,"stdin":true,"Detach":false,"Tty":true}',
  ],
  [
    'POST /networks/create?Name=net&CheckDuplicate=true&Driver=bridge&Internal=false&Attachable=false&Ingress=false&EnableIPv6=false',
    '{"Name":"net","CheckDuplicate":true,"Driver":"bridge","Internal":false,"Attachable":false,"Ingress":false,"EnableIPv6":false}',
  ],
  ['POST /images/create?fromImage=alpine&tag=3', '{"fromImage":"alpine","tag":"3"}'],
  ['GET /containers/json?all=true&limit=1&filters=%7B%22label%22%3A%5B%22a%3Db%22%5D%7D', ''],
  ['GET /containers/web/logs?follow=false&stdout=true&stderr=true&since=0', ''],
  ['GET /info', ''],
  ['POST /networks/backend/connect', '{"Container":"web","EndpointConfig":{"Aliases":["x"]}}'],
  ['PUT /containers/web/archive?path=%2F', ''],
  ['POST /containers/web/wait', ''],
  [
    'GET /containers/aa11000000000000000000000000000000000000000000000000000000000000/logs?follow=true&stdout=true&stderr=true&tail=-1&since=0',
    '',
  ],
  [
    'PUT /containers/aa11000000000000000000000000000000000000000000000000000000000000/archive?path=%2F&noOverwriteDirNonDir=&copyUIDGID=',
    '',
  ],
  [
    'POST /networks/create?Name=80db6a2fed80',
    '{"Name":"80db6a2fed80","CheckDuplicate":true,"Driver":"bridge","Internal":false,"Attachable":false,"Ingress":false,"EnableIPv6":false,"Labels":{"org.testcontainers":"true"}}',
  ],
]
