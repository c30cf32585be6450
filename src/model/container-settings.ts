/** Capabilities of Linux, as in `capabilities(7)` without `CAP_`. */
export const capabilities = [
  ...(['AUDIT_CONTROL', 'AUDIT_READ', 'AUDIT_WRITE', 'BLOCK_SUSPEND', 'BPF'] as const),
  ...(['CHECKPOINT_RESTORE', 'CHOWN', 'DAC_OVERRIDE', 'DAC_READ_SEARCH', 'FOWNER'] as const),
  ...(['FSETID', 'IPC_LOCK', 'IPC_OWNER', 'KILL', 'LEASE', 'LINUX_IMMUTABLE'] as const),
  ...(['MAC_ADMIN', 'MAC_OVERRIDE', 'MKNOD', 'NET_ADMIN', 'NET_BIND_SERVICE'] as const),
  ...(['NET_BROADCAST', 'NET_RAW', 'PERFMON', 'SETFCAP', 'SETGID', 'SETPCAP', 'SETUID'] as const),
  ...(['SYSLOG', 'SYS_ADMIN', 'SYS_BOOT', 'SYS_CHROOT', 'SYS_MODULE', 'SYS_NICE'] as const),
  ...(['SYS_PACCT', 'SYS_PTRACE', 'SYS_RAWIO', 'SYS_RESOURCE', 'SYS_TIME'] as const),
  ...(['SYS_TTY_CONFIG', 'WAKE_ALARM'] as const),
] as const

/** A capability of Linux, as in `capabilities(7)` without `CAP_`, or `ALL` of them. */
export type Capability = (typeof capabilities)[number] | 'ALL'

/** Resource limits of programs, as in `getrlimit(2)`, in small letters without `RLIMIT_`. */
export const ulimitNames = [
  ...(['core', 'cpu', 'data', 'fsize', 'locks', 'memlock', 'msgqueue', 'nice', 'nofile'] as const),
  ...(['nproc', 'rss', 'rtprio', 'rttime', 'sigpending', 'stack'] as const),
] as const

/** A resource limit of programs, as in `getrlimit(2)`, in small letters without `RLIMIT_`. */
export type UlimitName = (typeof ulimitNames)[number]

/** A value of a resource limit, in the unit of `getrlimit(2)`: bytes, seconds or a count. */
export type UlimitValue = number | 'unlimited'

/** A resource limit: one value for both, or a soft limit that programs may raise up to the hard one. */
export type Ulimit = UlimitValue | { readonly soft: UlimitValue; readonly hard: UlimitValue }

/** Resource limits by name. */
export type Ulimits = { readonly [K in UlimitName]?: Ulimit }

/** Kernel parameters of System V IPC that every container has for itself. */
export const ipcSysctls = [
  ...(['kernel.msgmax', 'kernel.msgmnb', 'kernel.msgmni', 'kernel.sem', 'kernel.shmall'] as const),
  ...(['kernel.shmmax', 'kernel.shmmni', 'kernel.shm_rmid_forced'] as const),
] as const

/** A kernel parameter that a container can have for itself: those of its network, of POSIX queues and of IPC. */
export type SysctlName = `net.${string}` | `fs.mqueue.${string}` | (typeof ipcSysctls)[number]

/** Kernel parameters by name. */
export type Sysctls = { readonly [K in SysctlName]?: string | number }

/** A device of the engine's host that a service can use. */
export interface DeviceSpec {
  /** Path on the engine's host, such as `/dev/fuse`. */
  readonly from: string
  /** Path in the service; default that of `from`. */
  readonly to?: string
  /** Read, write, and make device files of it; default `rw`. */
  readonly access?: 'r' | 'w' | 'rw' | 'rwm'
}

/** Platform, privileges and limits of a service's container, named as in Compose. */
export interface ContainerSettings {
  /** Platform of the image, such as `linux/arm64`, which the engine may have to emulate; default that of the engine. */
  readonly platform?: string
  /** Memory limit in MiB; default none. */
  readonly memoryMiB?: number
  /** Limit in CPUs, such as `0.5`; default none. */
  readonly cpus?: number
  /** Limit of processes and threads; default none. */
  readonly pidsLimit?: number
  /** Size of `/dev/shm` in MiB; default the engine's, usually 64. */
  readonly shmSizeMiB?: number
  /** Capabilities in addition to the default: those of the engine without `NET_RAW` and `MKNOD`. */
  readonly capAdd?: readonly Capability[]
  /** Capabilities to take away; `ALL` leaves those of `capAdd`. */
  readonly capDrop?: readonly Capability[]
  /**
   * Security options of the engine, such as `seccomp=unconfined`. Default `no-new-privileges`: programs cannot
   * gain privileges by set-user-ID files such as `sudo`; `no-new-privileges:false` allows it.
   */
  readonly securityOpt?: readonly string[]
  /**
   * `true`: an init of the engine is process 1; it passes signals on and reaps orphans. Default `false`: the
   * service's program is process 1.
   */
  readonly init?: boolean
  /**
   * Resource limits of its programs: `{ nofile: 65_536, memlock: 'unlimited', core: { soft: 0, hard: 1024 } }`.
   * Default those of the engine. A rootless engine cannot exceed its own hard limits: the start fails with
   * `SERVICE_START_FAILED`.
   */
  readonly ulimits?: Ulimits
  /**
   * Kernel parameters that belong to the container alone: `{ 'net.core.somaxconn': 4096 }`. Names that would change
   * the engine's host are refused. Those of the network, `net.…`, apply to everything in the service's network.
   * A rootless engine may be denied some of them: the start fails with `SERVICE_START_FAILED`.
   */
  readonly sysctls?: Sysctls
  /**
   * Devices of the engine's host. Default none, and without need keep it so: a program that can use a device of the
   * host, such as a disk, is not isolated from it. A rootless engine gives only what its own user may open.
   */
  readonly devices?: readonly DeviceSpec[]
  /**
   * `false`: its environment lacks the proxies of the user's Docker configuration (`proxies` in `config.json`), which
   * `docker run` sets, too. Default `true`. Other services are never reached through them: `NO_PROXY` has their names.
   */
  readonly proxy?: boolean
}

/** Returns the settings of an object that has more; only those that are set. */
export const containerSettings = (from: ContainerSettings): ContainerSettings =>
  Object.fromEntries(
    settingNames.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])),
  )

// ---

const names: Readonly<Record<keyof ContainerSettings, true>> = {
  platform: true,
  memoryMiB: true,
  cpus: true,
  pidsLimit: true,
  shmSizeMiB: true,
  capAdd: true,
  capDrop: true,
  securityOpt: true,
  init: true,
  ulimits: true,
  sysctls: true,
  devices: true,
  proxy: true,
}
const settingNames = Object.keys(names) as (keyof ContainerSettings)[]
