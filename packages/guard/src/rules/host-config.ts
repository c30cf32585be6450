import type { Json, JsonObject } from '../json/json.ts'
import {
  absent,
  dropped,
  fault,
  flag,
  integer,
  like,
  list,
  map,
  object,
  oneOf,
  type Shape,
  text,
  unset,
} from '../shape/shape.ts'
import { address, build, hostName, isTarget, targetRule } from '../shape/values.ts'
import type { Context } from './endpoint.ts'
import { bind, mount } from './mounts.ts'
import { portBindings } from './ports.ts'

/**
 * `HostConfig` of a create request. All keys of the engine are listed, because clients send most of them with their
 * zero values; a new key of a later engine is refused until it is listed here.
 */
export const hostConfig = (context: Context): Shape =>
  object({
    ...resources(context),
    Binds: list(bind(context)),
    Mounts: list(mount(context)),
    NetworkMode: networkMode(context),
    PortBindings: portBindings(context.policy),
    ExtraHosts: list(extraHost(context)),
    Tmpfs: map(isTarget, tmpfsOptions, targetRule),
    CapAdd: list(oneOf(...defaultCapabilities.flatMap((name) => [name, `CAP_${name}`]))),
    CapDrop: list(text(/^[A-Z_]{1,40}$/, 'must be a capability')),
    SecurityOpt: dropped(
      list(text(/^no-new-privileges(?:[:=]true)?$/, 'must be no-new-privileges')),
    ),
    LogConfig: object({
      Type: oneOf('', 'json-file', 'local'),
      Config: map(
        like(/^(?:max-size|max-file)$/),
        text(/^\d{1,6}[kmg]?$/),
        'use max-size, max-file',
      ),
    }),
    RestartPolicy: dropped(object({ Name: oneOf('', 'no'), MaximumRetryCount: unset })),
    Dns: list(address),
    DnsOptions: list(text(/^[\w:-]{1,64}$/, 'must be an option of resolv.conf')),
    DnsSearch: list(hostName),
    Sysctls: map(
      like(/^net\.(?:ipv[46]\.[\w.]+|core\.somaxconn)$/),
      text(/^[\w \t.-]{0,64}$/),
      sysctlRule,
    ),
    AutoRemove: flag,
    Init: flag,
    ReadonlyRootfs: flag,
    ConsoleSize: list(integer(0, 10_000)),
    Runtime: dropped(oneOf('', 'runc', 'io.containerd.runc.v2')),
    Isolation: dropped(oneOf('', 'default')),
    IpcMode: dropped(oneOf('', 'private', 'none', 'shareable')),
    CgroupnsMode: dropped(oneOf('', 'private')),
    MaskedPaths: absent,
    ReadonlyPaths: absent,
    ...refused,
  })

/** Sets what the guard decides for every container. */
export const harden = (given: JsonObject, context: Context): Map<string, Json> => {
  const { memoryMiB, cpus, pidsLimit } = context.policy
  const memory = numberOf(given, 'Memory') || memoryMiB * mib
  const mounts = [...listOf(given, 'Binds'), ...listOf(given, 'Mounts')]
  const built = new Map(given)
  built.delete('Binds')
  return new Map([
    ...built,
    ['Mounts', mounts],
    ['NetworkMode', given.get('NetworkMode') ?? context.session.defaultNetwork.id],
    ['Memory', memory],
    ['MemorySwap', Math.max(memory, numberOf(given, 'MemorySwap'))],
    ['NanoCpus', numberOf(given, 'NanoCpus') || Math.round(cpus * 1e9)],
    ['PidsLimit', Math.max(0, numberOf(given, 'PidsLimit')) || pidsLimit],
    ['SecurityOpt', ['no-new-privileges:true']],
    ['RestartPolicy', build({ Name: 'no' })],
    ['IpcMode', 'private'],
    ['CgroupnsMode', 'private'],
    ['LogConfig', logConfigOf(given)],
  ])
}

// ---

const mib = 1024 * 1024

/** What the engine gives every container. The guard adds none. */
const defaultCapabilities =
  'AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT'.split(
    ' ',
  )

const sysctlRule = 'only net.ipv4.*, net.ipv6.* and net.core.somaxconn belong to the container'

const resources = ({ policy }: Context): Readonly<Record<string, Shape>> => {
  const memory = policy.memoryMiB * mib
  return {
    Memory: integer(0, memory),
    MemoryReservation: integer(0, memory),
    MemorySwap: integer(-1, memory),
    MemorySwappiness: dropped(integer(-1, 100)),
    NanoCpus: integer(0, Math.round(policy.cpus * 1e9)),
    CpuShares: integer(0, 1024),
    PidsLimit: integer(-1, policy.pidsLimit),
    ShmSize: integer(0, memory),
    Ulimits: list(
      object({
        Name: oneOf('core', 'fsize', 'memlock', 'nofile', 'nproc', 'stack'),
        Soft: integer(-1, 2 ** 31),
        Hard: integer(-1, 2 ** 31),
      }),
    ),
  }
}

const networkMode =
  ({ session }: Context): Shape =>
  (value, at, faults) => {
    if (value === '' || value === 'default' || value === 'bridge') return session.defaultNetwork.id
    if (value === 'none') return 'none'
    const name = typeof value === 'string' ? value : ''
    const other = name.startsWith('container:') ? session.container(name.slice(10)) : undefined
    if (other !== undefined) return `container:${other.id}`
    return (
      session.network(name)?.id ??
      fault(faults, at, 'must be none, bridge, or a network or container:<id> of this session')
    )
  }

const extraHost =
  ({ policy }: Context): Shape =>
  (value, at, faults) => {
    const [, name = '', to = ''] =
      /^([\w.-]{1,253})[:=](.+)$/.exec(typeof value === 'string' ? value : '') ?? []
    if (to === 'host-gateway' && policy.hostGateway) return `${name}:host-gateway`
    const ip = address(to.replace(/^\[(.*)\]$/, '$1'), at, [])
    return ip === undefined
      ? fault(
          faults,
          at,
          `must be name:address${policy.hostGateway ? ' or name:host-gateway' : ''}`,
        )
      : `${name}:${ip}`
  }

const tmpfsOption =
  /^(?:|rw|ro|exec|noexec|nosuid|nodev|size=\d{1,12}[kmg]?|mode=[0-7]{1,4}|[ug]id=\d{1,10})$/

const tmpfsOptions: Shape = (value, at, faults) => {
  return typeof value === 'string' && value.split(',').every((option) => tmpfsOption.test(option))
    ? value
    : fault(faults, at, 'must be of rw ro exec noexec nosuid nodev size= mode= uid= gid=')
}

/** Each opens a way to the host, to other sessions or around a limit, or is of another operating system. */
const refused = Object.fromEntries(
  [
    'Annotations BlkioDeviceReadBps BlkioDeviceReadIOps BlkioDeviceWriteBps BlkioDeviceWriteIOps BlkioWeight',
    'BlkioWeightDevice Capabilities Cgroup CgroupParent ContainerIDFile CpuCount CpuPercent CpuPeriod CpuQuota',
    'CpuRealtimePeriod CpuRealtimeRuntime CpusetCpus CpusetMems DeviceCgroupRules DeviceRequests Devices GroupAdd',
    'IOMaximumBandwidth IOMaximumIOps KernelMemory KernelMemoryTCP Links OomKillDisable OomScoreAdj PidMode Privileged',
    'PublishAllPorts StorageOpt UTSMode UsernsMode VolumeDriver VolumesFrom',
  ]
    .join(' ')
    .split(' ')
    .map((key) => [key, unset]),
)

const numberOf = (given: JsonObject, key: string): number => {
  const value = given.get(key)
  return typeof value === 'number' ? value : 0
}

const listOf = (given: JsonObject, key: string): readonly Json[] =>
  (given.get(key) ?? []) as readonly Json[]

/** A daemon may have another default, such as syslog. */
const logConfigOf = (given: JsonObject): Json => {
  const asked = given.get('LogConfig') as JsonObject | undefined
  return build({ Type: asked?.get('Type') || 'json-file', Config: asked?.get('Config') })
}
