import { expect, test } from 'vitest'
import { ApiFailure } from '../api/errors.ts'
import { refusedSetting } from './refused-setting.ts'
import { startError } from './start-error.ts'

const id = '450c14136e4e'.padEnd(64, '0')

test.each([
  [
    'Docker',
    'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "no-such": executable file not found in $PATH: unknown',
  ],
  [
    'Podman with crun',
    'crun: executable file `no-such` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
  ],
])('startError says that the image lacks the program, in the words of %s', (_, detail) => {
  expect(startError(new ApiFailure(400, detail), id)).toMatchObject({
    code: 'SERVICE_START_FAILED',
    message: expect.stringContaining(`container 450c14136e4e could not be started: ${detail}`),
    remedy: 'check `command` and `entrypoint`: the image lacks that program or its interpreter',
  })
})

test.each([
  ['devices', 'container create: stat /dev/no-such-device: no such file or directory'],
  ['init', 'container create: lookup init binary: exec: "catatonit": executable file not found'],
])('a refused setting is named, also when the engine refuses it at create: %s', (name, detail) => {
  expect(refusedSetting(detail)).toContain(`\`${name}\``)
  expect(refusedSetting('container create: stat /srv/missing: no such file')).toBeUndefined()
})

test('startError names devices where a rootless engine cannot give one at another path', () => {
  const detail =
    'OCI runtime create failed: runc create failed: unable to start container process: error during container init: configuring container /dev: error creating device nodes: mount src=/dev/brimful, dst=/x/dev/brimful: no such file or directory'
  expect(startError(new ApiFailure(400, detail), id).remedy).toContain('`devices`')
})

test('startError does not blame the program for another file that Podman misses', () => {
  const detail =
    'crun: opening file `memory.max` for writing: No such file or directory: OCI runtime attempted to invoke a command that was not found'
  const { remedy } = startError(new ApiFailure(400, detail), id)
  expect(remedy).not.toContain('the image lacks that program')
})

const oci =
  'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: '

/** Words of Docker and Podman. */
test.each<[string, string, string, RegExp]>([
  [
    'a missing program',
    `${oci}exec: "nope": executable file not found in $PATH: unknown`,
    'SERVICE_START_FAILED',
    /`command` and `entrypoint`/,
  ],
  [
    'a device that the host lacks',
    'error gathering device information while adding custom device "/dev/nope": no such file or directory',
    'SERVICE_START_FAILED',
    /`devices`/,
  ],
  [
    'a resource limit above that of a rootless engine',
    `${oci}error setting rlimits for ready process: error setting rlimit type 8: operation not permitted: unknown`,
    'SERVICE_START_FAILED',
    /`ulimits`/,
  ],
  [
    'a resource limit above that of a rootless Podman',
    'crun: setrlimit `RLIMIT_MEMLOCK`: Operation not permitted: OCI permission denied',
    'SERVICE_START_FAILED',
    /`ulimits`/,
  ],
  [
    'a kernel parameter that may not be changed',
    `${oci}error during container init: open /proc/sys/kernel/shmmax: permission denied: unknown`,
    'SERVICE_START_FAILED',
    /`sysctls`/,
  ],
  [
    'a missing program of any name',
    `${oci}exec: "iptables": executable file not found in $PATH: unknown`,
    'SERVICE_START_FAILED',
    /`command` and `entrypoint`/,
  ],
  [
    'a program that may not be run',
    `${oci}exec: "/a.sh": permission denied: unknown`,
    'SERVICE_START_FAILED',
    /executable/,
  ],
  [
    'an unknown user',
    'unable to find user nope: no matching entries in passwd file',
    'SERVICE_START_FAILED',
    /`user`/,
  ],
  [
    'a bad mount',
    `${oci}error mounting "/a" to rootfs at "/b": not a directory`,
    'SERVICE_START_FAILED',
    /`mounts`/,
  ],
  [
    'another failure of the program',
    `${oci}something new`,
    'SERVICE_START_FAILED',
    /`command`, `entrypoint`/,
  ],
  [
    'an address of another host',
    'failed to set up container networking: driver failed programming external connectivity on endpoint a: failed to bind host port for 192.0.2.1::10.0.0.2:80/tcp: cannot assign requested address',
    'SERVICE_START_FAILED',
    /TESTCONTAINERS_HOST_OVERRIDE/,
  ],
  [
    'flushed rules',
    'driver failed programming external connectivity on endpoint a: (iptables failed: iptables --wait -t nat -A DOCKER: No chain/target/match by that name.',
    'SERVICE_START_FAILED',
    /network of the engine/,
  ],
  [
    'a missing kernel module',
    'failed to create endpoint a on network b: failed to add the host (veth1) <=> sandbox (veth2) pair interfaces: operation not supported',
    'SERVICE_START_FAILED',
    /network of the engine/,
  ],
  [
    'nftables of Podman',
    'netavark: nftables error: nft did not return successfully while applying ruleset: permission denied',
    'SERVICE_START_FAILED',
    /network of the engine/,
  ],
  [
    'ports of rootless Podman',
    'pasta failed with exit code 1: Failed to bind port 80: Permission denied',
    'SERVICE_START_FAILED',
    /network of the engine/,
  ],
  [
    'a low port of rootless Podman',
    'rootlessport cannot expose privileged port 80, you can add net.ipv4.ip_unprivileged_port_start=80',
    'SERVICE_START_FAILED',
    /from 1024 on/,
  ],
  ['a removed network', 'network 0123abc not found', 'SERVICE_START_FAILED', /removed the network/],
  [
    'cgroups',
    `${oci}unable to apply cgroup configuration: mkdir /sys/fs/cgroup/a: permission denied`,
    'SERVICE_START_FAILED',
    /cgroups of the engine/,
  ],
  [
    'cgroups of Podman',
    'crun: create cgroup directory: Permission denied: OCI permission denied',
    'SERVICE_START_FAILED',
    /cgroups of the engine/,
  ],
  [
    'a limit without its controller',
    'crun: opening file `memory.max` for writing: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    'SERVICE_START_FAILED',
    /cgroups of the engine/,
  ],
  [
    'a stopped sandbox',
    'cannot join network of a non running container: abc',
    'SERVICE_START_FAILED',
    /sandbox container first/,
  ],
  [
    'a port that is taken',
    'driver failed programming external connectivity on endpoint a: Bind for 127.0.0.1:80 failed: port is already allocated',
    'PORT_TAKEN',
    /port/,
  ],
  ['anything else', 'something new', 'SERVICE_START_FAILED', /log of the engine/],
])('startError for %s', (_, words, code, remedy) => {
  const error = startError(new ApiFailure(500, words), 'c1')
  expect(error).toMatchObject({ code, remedy: expect.stringMatching(remedy) })
  const blamesProgram = /`command`/.test(error.remedy ?? '')
  expect(blamesProgram).toBe(remedy.source.includes('`command`'))
})
