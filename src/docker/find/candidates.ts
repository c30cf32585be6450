import { homedir } from 'node:os'
import { join } from 'node:path'
import { namedContext } from './context.ts'
import { withoutSsh } from './ssh.ts'
import { usualSockets } from './usual-sockets.ts'

/** An address where an engine may answer. */
export interface Candidate {
  /** `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://host:2375`. */
  readonly endpoint: string
  /** What named it, for messages: `DOCKER_HOST`, `docker context colima`, `default socket`. */
  readonly foundBy: string
  /** How it is spoken to over TCP; absent for an engine without TLS. */
  readonly tls?: TlsMaterial
  /** Why it cannot be used. */
  readonly fault?: string
  /** What to do if it does not answer; absent for an address that the user did not name. */
  readonly remedy?: string
}

/** What TLS to an engine needs. */
export interface TlsMaterial {
  /** Folder with `ca.pem`, `cert.pem` and `key.pem`, of which those present are used; absent if there are none. */
  readonly certificates?: string
  /** Whether the engine's certificate is checked. */
  readonly verify: boolean
}

/** What the search reads of the machine. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  /** Home folder of the user. */
  readonly home: string
  /** User id; `undefined` on Windows. */
  readonly uid: number | undefined
}

/** Returns the surroundings of this process. */
export const ownSurroundings = (): Surroundings => ({
  env: process.env,
  platform: process.platform,
  home: homedir(),
  uid: process.getuid?.(),
})

/**
 * Returns candidates in the order in which they are tried. An engine that the user named (`DOCKER_HOST`,
 * `DOCKER_CONTEXT`, `docker context use`, `CONTAINER_HOST`) is the only one: another engine would be a surprise. As for
 * the docker client, `DOCKER_HOST` wins over a context, and the context `default` stands for the usual sockets.
 * `CONTAINER_HOST` is Podman's own; a name that docker takes wins over it.
 */
export const candidates = (around: Surroundings): readonly Candidate[] => {
  const { DOCKER_HOST: host, CONTAINER_HOST: podman } = around.env
  const named = host
    ? fromHost(host, around)
    : (namedContext(around) ?? (podman ? fromPodman(podman) : undefined))
  return named === undefined ? usualSockets(around) : [withoutSsh(named)]
}

// ---

const fromPodman = (endpoint: string): Candidate => ({
  endpoint,
  foundBy: 'CONTAINER_HOST',
  remedy:
    'start the engine that CONTAINER_HOST names (`systemctl --user start podman.socket`), or unset CONTAINER_HOST',
})

const fromHost = (host: string, { env, home }: Surroundings): Candidate => {
  const endpoint = host.includes('://') ? host : `tcp://${host}`
  const tls = env.DOCKER_TLS_VERIFY || /:2376\/?$/.test(endpoint)
  const certificates = env.DOCKER_CERT_PATH ?? join(home, '.docker')
  return {
    endpoint,
    foundBy: 'DOCKER_HOST',
    remedy: 'start the engine that DOCKER_HOST names, or unset DOCKER_HOST',
    ...(tls ? { tls: { certificates, verify: true } } : {}),
  }
}
