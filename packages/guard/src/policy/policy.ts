/** A directory of the host that containers may mount. */
export interface BindRoot {
  /** Absolute path without symbolic links. Everything below it may be mounted. */
  readonly path: string
  /** Whether containers may write there; then they run as the policy's `user`. */
  readonly access: 'ro' | 'rw'
}

/** What a session may do. Everything else is refused. */
export interface Policy {
  /**
   * Images that may be pulled and run: `postgres:16`, `postgres` for all its tags, `ghcr.io/acme/*` for all images below,
   * `*` for all. Default none.
   */
  readonly images: readonly string[]
  /** Directories that may be mounted. Default none. */
  readonly bindRoots: readonly BindRoot[]
  /**
   * User that containers with a writable bind run as, `uid:gid`, neither of them 0: root in a container could write
   * files of the host's root. Default none; then no bind is writable.
   */
  readonly user?: string
  /** Memory of a container in MiB, and its default. Default 2048. */
  readonly memoryMiB: number
  /** CPUs of a container, and their default; at most those of the engine. Default 2. */
  readonly cpus: number
  /** Processes of a container, and their default. Default 1024. */
  readonly pidsLimit: number
  /** Fixed ports of 127.0.0.1 that may be published, first and last; `none` for only those that the engine chooses. Default `none`. */
  readonly hostPorts: readonly [first: number, last: number] | 'none'
  /** IPv4 subnets (CIDR) that networks may have; without one the engine chooses. Default none. */
  readonly subnets: readonly string[]
  /** Whether `host-gateway` may be an extra host, which reaches ports of the host. Default `false`. */
  readonly hostGateway: boolean
  /** Size of one archive that is copied into a container, in MiB. Default 512. */
  readonly archiveMiB: number
}

/** The policy of a session that names nothing: no image, no bind, no fixed port. */
export const defaultPolicy: Policy = {
  images: [],
  bindRoots: [],
  memoryMiB: 2048,
  cpus: 2,
  pidsLimit: 1024,
  hostPorts: 'none',
  subnets: [],
  hostGateway: false,
  archiveMiB: 512,
}
