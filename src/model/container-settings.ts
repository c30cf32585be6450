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

/** Privileges and limits of a service's container, named as in Compose. */
export interface ContainerSettings {
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
}

/** Returns the settings of an object that has more; only those that are set. */
export const containerSettings = (from: ContainerSettings): ContainerSettings =>
  Object.fromEntries(
    settingNames.flatMap((name) => (from[name] === undefined ? [] : [[name, from[name]]])),
  )

// ---

const names: Readonly<Record<keyof ContainerSettings, true>> = {
  memoryMiB: true,
  cpus: true,
  pidsLimit: true,
  shmSizeMiB: true,
  capAdd: true,
  capDrop: true,
  securityOpt: true,
  init: true,
}
const settingNames = Object.keys(names) as (keyof ContainerSettings)[]
