/** An engine other than the machine's own. */
export interface EngineKind {
  readonly name: string
  /** What differs from other kinds, for people. */
  readonly title: string
  readonly program: 'dockerd' | 'podman'
  /** Arguments of the program. */
  readonly args?: readonly string[]
  /** Runs as a user without rights on the machine. */
  readonly rootless?: true
  /** Answers on a TCP address of a host with another name, too, to clients with a certificate. */
  readonly remote?: true
  /** Its containers are in no cgroup, so that they cannot be paused. */
  readonly withoutCgroups?: true
  /** How clients find it; default by `DOCKER_HOST`. */
  readonly foundBy?: 'context'
}

/** Debian's suite that the engines are from. */
export const suite = 'forky'

/** The user of rootless engines. */
export const rootlessUser = 'engine'

/** Port of engines with TLS: not 2376, from which clients would guess it. */
export const tlsPort = 12_376

export const kinds: readonly EngineKind[] = [
  {
    name: 'docker-28',
    title: 'Docker, overlay2',
    program: 'dockerd',
    args: ['--storage-driver=overlay2'],
  },
  {
    name: 'docker-28-containerd',
    title: 'Docker, containerd image store',
    program: 'dockerd',
    args: ['--feature=containerd-snapshotter=true'],
  },
  {
    name: 'docker-28-rootless',
    title: 'Docker, rootless, without cgroups',
    program: 'dockerd',
    rootless: true,
    withoutCgroups: true,
  },
  {
    name: 'docker-28-tls',
    title: 'Docker, remote, by DOCKER_HOST with TLS',
    program: 'dockerd',
    remote: true,
  },
  {
    name: 'docker-28-context',
    title: 'Docker, remote, by a docker context with TLS',
    program: 'dockerd',
    remote: true,
    foundBy: 'context',
  },
  { name: 'podman', title: 'Podman', program: 'podman', args: ['--runtime=runc'] },
  {
    name: 'podman-rootless',
    title: 'Podman, rootless, without controllers',
    program: 'podman',
    rootless: true,
    // It refuses a mix of both versions of cgroups, but not version 2 without controllers.
    args: ['--runtime=crun'],
  },
]

/** Returns whether the engine needs cgroup v2: rootless engines do, and refuse a mix of both versions. */
export const needsCgroup2 = ({ rootless }: EngineKind): boolean => rootless === true
