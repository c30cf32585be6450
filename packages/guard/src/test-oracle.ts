import { ids } from './test-scene.ts'

/*
 * What may reach the engine in the scene of the tests, written again without the code under test: from the bytes of a
 * request, with `JSON.parse` and plain conditions. Keep it independent of `rules/`.
 */

const owned = {
  containers: [ids.web, ids.writer],
  networks: [ids.network, ids.backend],
  execs: [ids.exec, ids.writerExec],
}

const image =
  /^(?:docker\.io\/library\/alpine[:@][\w.:-]+|docker\.io\/library\/postgres:16|ghcr\.io\/acme\/[\w./-]+[:@][\w.:-]+)$/

const mib = 1024 * 1024

/** Returns what is wrong with the bytes of a request; empty if it may reach the engine. */
export const violations = (bytes: Uint8Array): readonly string[] => {
  const text = Buffer.from(bytes).toString()
  const end = text.indexOf('\r\n\r\n')
  const [line = '', ...fields] = text.slice(0, end).split('\r\n')
  const body = text.slice(end + 4)
  const found: string[] = []
  const must = (holds: boolean, what: string) => {
    if (!holds) found.push(what)
  }

  const [, method = '', path = '', query = ''] =
    /^(GET|HEAD|POST|PUT|DELETE) \/v1\.[45]\d(\/[\w./:@-]+)(?:\?(\S+))? HTTP\/1\.1$/.exec(line) ??
    []
  must(path !== '', `request line ${line}`)
  must(!/\/\/|\/\.|%/.test(path), `path ${path}`)
  const names = fields.map((field) => field.split(':')[0]?.toLowerCase())
  must(new Set(names).size === names.length, 'repeated field')
  const stream = names.includes('upgrade')
  must(!stream || /^\/(?:exec\/\w+\/start|containers\/\w+\/attach)$/.test(path), 'upgrade')
  const length = fields.find((field) => /^content-length:/i.test(field))?.split(': ')[1]
  must(Number(length ?? 0) === Buffer.byteLength(body), 'length')

  const parameters = new URLSearchParams(query)
  must(new Set(parameters.keys()).size === [...parameters].length, 'repeated parameter')
  for (const key of parameters.keys()) must(knownParameters.includes(key), `parameter ${key}`)
  if (parameters.has('name')) must(!/^[\da-f]{6,}$/i.test(parameters.get('name') ?? ''), 'name')

  const [, what = '', id = '', action = ''] = path.split('/')
  const key = `${method} /${what}`
  if (what === 'containers' && !['json', 'create'].includes(id)) {
    must(owned.containers.includes(id as never), `container ${id}`)
    must(containerActions.includes(`${method} ${action}`), `${method} ${action}`)
    if (method === 'PUT') must(id !== ids.writer, 'archive as root')
    if (action === 'exec') exec(JSON.parse(body), id, must)
    else must(body === '', 'body')
  } else if (what === 'exec') {
    must(owned.execs.includes(id as never), `exec ${id}`)
    if (action === 'start') only(JSON.parse(body), ['Detach', 'Tty', 'ConsoleSize'], must)
  } else if (key === 'POST /containers') container(JSON.parse(body), must)
  else if (key === 'POST /networks' && id === 'create') network(JSON.parse(body), must)
  else if (what === 'networks' && id !== '') {
    must(
      owned.networks.includes(id as never) || (method === 'GET' && id === 'bridge'),
      `network ${id}`,
    )
    if (method === 'DELETE') must(id !== ids.network, 'default network')
    if (method === 'POST') {
      const given = JSON.parse(body)
      must(owned.containers.includes(given.Container), `container ${given.Container}`)
      only(given, ['Container', 'EndpointConfig', 'Force'], must)
    }
  } else if (key === 'POST /volumes') volume(JSON.parse(body), must)
  else if (what === 'volumes' && id !== '') must(id === 'data', `volume ${id}`)
  else if (key === 'POST /images') {
    must(id === 'create' && body === '', 'images')
    must(image.test(`${parameters.get('fromImage')}:${parameters.get('tag')}`), 'pull')
  } else {
    must(method === 'GET' || (method === 'HEAD' && what === '_ping'), `${method} ${path}`)
    must(readable.includes(what), `${method} ${path}`)
    must(body === '', 'body')
  }
  return found
}

// ---

type Must = (holds: boolean, what: string) => void

const readable = [
  '_ping',
  'version',
  'info',
  'events',
  'containers',
  'images',
  'networks',
  'volumes',
]

const knownParameters =
  'all size limit filters v force name platform ps_args stream one-shot details follow stdout stderr since until timestamps tail detachKeys t signal condition h w logs stdin path noOverwriteDirNonDir copyUIDGID digests fromImage tag'.split(
    ' ',
  )

const containerActions =
  'GET json,GET top,GET stats,GET logs,GET archive,HEAD archive,PUT archive,POST start,POST stop,POST restart,POST kill,POST pause,POST unpause,POST wait,POST resize,POST rename,POST attach,POST exec,DELETE '.split(
    ',',
  )

type Data = Record<string, unknown>

const only = (given: Data, keys: readonly string[], must: Must) => {
  for (const key of Object.keys(given)) must(keys.includes(key), `key ${key}`)
}

const isOurs = (labels: unknown) =>
  (labels as Data | undefined)?.['mesocosm.guard.session'] === 'secret-of-the-session'

const exec = (given: Data, id: string, must: Must) => {
  only(
    given,
    'AttachStdin AttachStdout AttachStderr Tty DetachKeys ConsoleSize Env Cmd User WorkingDir Detach'.split(
      ' ',
    ),
    must,
  )
  if (id === ids.writer) must(given.User === '1000:1000', `exec as ${given.User}`)
}

const volume = (given: Data, must: Must) => {
  only(given, ['Name', 'Driver', 'Labels'], must)
  must(given.Driver === 'local', 'driver')
  must(isOurs(given.Labels), 'label')
}

const network = (given: Data, must: Must) => {
  only(given, 'Name Driver Internal IPAM EnableIPv4 EnableIPv6 Options Labels'.split(' '), must)
  must(given.Driver === 'bridge', 'driver')
  must(
    JSON.stringify(given.Options) === '{"com.docker.network.bridge.host_binding_ipv4":"127.0.0.1"}',
    'options',
  )
  must(!['host', 'none', 'bridge', 'default'].includes(String(given.Name)), 'name')
  must(isOurs(given.Labels), 'label')
  for (const part of ((given.IPAM as Data | undefined)?.Config ?? []) as readonly Data[])
    must(part.Subnet === undefined, 'subnet')
}

const container = (given: Data, must: Must) => {
  only(
    given,
    'Hostname Domainname User AttachStdin AttachStdout AttachStderr OpenStdin StdinOnce Tty ExposedPorts Env Cmd Entrypoint Shell Healthcheck Image Volumes WorkingDir NetworkDisabled Labels StopSignal StopTimeout HostConfig NetworkingConfig'.split(
      ' ',
    ),
    must,
  )
  must(image.test(String(given.Image)), `image ${given.Image}`)
  must(isOurs(given.Labels), 'label')
  for (const path of Object.keys((given.Volumes ?? {}) as Data))
    must(/^\/(?!proc|sys)[^:]+$/.test(path) && !path.split('/').includes('..'), `volume at ${path}`)
  const endpoints = ((given.NetworkingConfig as Data | undefined)?.EndpointsConfig ?? {}) as Data
  for (const [name, settings] of Object.entries(endpoints)) {
    must(owned.networks.includes(name as never), `network ${name}`)
    only(settings as Data, ['IPAMConfig', 'Aliases'], must)
  }
  hostConfig(given, given.HostConfig as Data, must)
}

const hostConfig = (given: Data, host: Data, must: Must) => {
  only(
    host,
    'AutoRemove CapAdd CapDrop CgroupnsMode ConsoleSize CpuShares Dns DnsOptions DnsSearch ExtraHosts Init IpcMode LogConfig Memory MemoryReservation MemorySwap Mounts NanoCpus NetworkMode PidsLimit PortBindings ReadonlyRootfs RestartPolicy SecurityOpt ShmSize Sysctls Tmpfs Ulimits'.split(
      ' ',
    ),
    must,
  )
  const within = (key: string, max: number) => {
    const value = host[key]
    must(typeof value === 'number' && value > 0 && value <= max, `${key} ${value}`)
  }
  within('Memory', 2048 * mib)
  within('MemorySwap', 2048 * mib)
  within('NanoCpus', 2e9)
  within('PidsLimit', 1024)
  must(host.IpcMode === 'private' && host.CgroupnsMode === 'private', 'namespaces')
  must(JSON.stringify(host.SecurityOpt) === '["no-new-privileges:true"]', 'security options')
  must(JSON.stringify(host.RestartPolicy) === '{"Name":"no"}', 'restart policy')
  must(/^(?:json-file|local)$/.test(String((host.LogConfig as Data).Type)), 'log driver')
  const mode = String(host.NetworkMode).replace(/^container:/, '')
  must(['none', ...owned.networks, ...owned.containers].includes(mode), `network ${mode}`)
  for (const name of (host.CapAdd ?? []) as readonly string[])
    must(!/SYS_(?!CHROOT)|ALL|BPF|PERF|NET_ADMIN|MAC_/.test(name), `capability ${name}`)
  for (const name of Object.keys((host.Sysctls ?? {}) as Data))
    must(/^net\.[\w.]+$/.test(name), name)
  for (const to of (host.ExtraHosts ?? []) as readonly string[]) must(!to.includes('gateway'), to)
  for (const bindings of Object.values((host.PortBindings ?? {}) as Record<string, Data[]>)) {
    must(bindings.length > 0, 'empty bindings')
    for (const { HostIp, HostPort } of bindings) {
      must(HostIp === '127.0.0.1', `published on ${HostIp}`)
      must(HostPort === '' || /^8\d\d\d$/.test(String(HostPort)), `port ${HostPort}`)
    }
  }
  for (const mount of host.Mounts as readonly Data[]) mounted(given, host, mount, must)
}

const mounted = (given: Data, host: Data, mount: Data, must: Must) => {
  const source = String(mount.Source ?? '')
  only(mount, 'Type Source Target ReadOnly BindOptions VolumeOptions TmpfsOptions'.split(' '), must)
  must(
    !/^\/(?:proc|sys)?(?:\/|$)|(?:^|\/)\.\.(?:\/|$)/.test(String(mount.Target)),
    `target ${mount.Target}`,
  )
  if (mount.Type === 'volume') {
    must(source === '' || source === 'data', `volume ${source}`)
    only(mount.VolumeOptions as Data, ['NoCopy', 'Labels'], must)
  } else if (mount.Type === 'bind') {
    must(/^\/(?:srv\/app|data\/fixtures)(?:\/|$)/.test(source), `bind ${source}`)
    must(!/evil|inner|\.\./.test(source), `bind of a link ${source}`)
    must(JSON.stringify(mount.BindOptions) === '{"Propagation":"rprivate"}', 'bind options')
    if (mount.ReadOnly !== true) {
      must(source.startsWith('/srv/app'), `writable ${source}`)
      must(given.User === '1000:1000', `writes as ${given.User}`)
      must(host.CapAdd === undefined && String(host.CapDrop) === 'ALL', 'capabilities')
    }
  } else must(mount.Type === 'tmpfs' && source === '', `mount ${mount.Type}`)
}
