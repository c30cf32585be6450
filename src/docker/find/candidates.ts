import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { detailOf } from '../api/errors.ts'

/** An address where an engine may answer. */
export interface Candidate {
  /** `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://host:2375`. */
  readonly endpoint: string
  /** What named it, for messages: `DOCKER_HOST`, `docker context colima`, `default socket`. */
  readonly foundBy: string
  /** Folder with `ca.pem`, `cert.pem`, `key.pem`; absent for an engine without TLS. */
  readonly certificates?: string
  /** Why it cannot be used. */
  readonly fault?: string
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

/**
 * Returns candidates in the order in which they are tried. An engine that the user named (`DOCKER_HOST`,
 * `DOCKER_CONTEXT`) is the only one: another engine would be a surprise.
 */
export const candidates = (around: Surroundings): readonly Candidate[] => {
  const { DOCKER_HOST: host, DOCKER_CONTEXT: context } = around.env
  if (host) return [fromHost(host, around)]
  if (context && context !== 'default') return [fromContext(context, 'DOCKER_CONTEXT', around)]
  const current = currentContext(around)
  return [
    ...(current === undefined ? [] : [fromContext(current, 'docker context', around)]),
    ...sockets(around),
  ]
}

// ---

const fromHost = (host: string, { env, home }: Surroundings): Candidate => {
  const endpoint = host.includes('://') ? host : `tcp://${host}`
  const tls = env.DOCKER_TLS_VERIFY || endpoint.endsWith(':2376')
  const certificates = env.DOCKER_CERT_PATH ?? join(home, '.docker')
  return checked({ endpoint, foundBy: 'DOCKER_HOST', ...(tls ? { certificates } : {}) })
}

const fromContext = (name: string, by: string, around: Surroundings): Candidate => {
  const foundBy = `${by} ${name}`
  const id = createHash('sha256').update(name).digest('hex')
  const contexts = join(configFolder(around), 'contexts')
  try {
    const meta = JSON.parse(readFileSync(join(contexts, 'meta', id, 'meta.json'), 'utf8'))
    const endpoint = String(meta.Endpoints.docker.Host)
    const tls = endpoint.startsWith('https:') || endpoint.endsWith(':2376')
    const certificates = join(contexts, 'tls', id, 'docker')
    return checked({ endpoint, foundBy, ...(tls ? { certificates } : {}) })
  } catch (error) {
    return { endpoint: `context ${name}`, foundBy, fault: detailOf(error) }
  }
}

const checked = (candidate: Candidate): Candidate =>
  candidate.endpoint.startsWith('ssh:')
    ? {
        ...candidate,
        fault:
          'ssh is not supported; forward the socket with `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock <host>` and set DOCKER_HOST=unix:///tmp/docker.sock',
      }
    : candidate

const currentContext = (around: Surroundings): string | undefined => {
  try {
    const text = readFileSync(join(configFolder(around), 'config.json'), 'utf8')
    const name: unknown = JSON.parse(text).currentContext
    return typeof name === 'string' && name !== 'default' && name !== '' ? name : undefined
  } catch {
    // No readable configuration: try the usual sockets.
    return undefined
  }
}

const configFolder = ({ env, home }: Surroundings): string =>
  env.DOCKER_CONFIG ?? join(home, '.docker')

const sockets = ({ env, platform, home, uid }: Surroundings): Candidate[] => {
  if (platform === 'win32') {
    return [
      { endpoint: 'npipe:////./pipe/docker_engine', foundBy: 'default pipe' },
      { endpoint: 'npipe:////./pipe/podman-machine-default', foundBy: 'Podman' },
    ]
  }
  const runtime = env.XDG_RUNTIME_DIR ?? (uid === undefined ? undefined : `/run/user/${uid}`)
  const inRuntime = (path: string, foundBy: string): [string, string][] =>
    runtime === undefined ? [] : [[join(runtime, path), foundBy]]
  const paths: [string, string][] = [
    ['/var/run/docker.sock', 'default socket'],
    ...inRuntime('docker.sock', 'rootless Docker'),
    [join(home, '.docker/run/docker.sock'), 'Docker Desktop'],
    [join(home, '.docker/desktop/docker.sock'), 'Docker Desktop'],
    [join(env.COLIMA_HOME ?? join(home, '.colima'), 'default/docker.sock'), 'Colima'],
    [join(home, '.orbstack/run/docker.sock'), 'OrbStack'],
    [join(home, '.rd/docker.sock'), 'Rancher Desktop'],
    ...inRuntime('podman/podman.sock', 'rootless Podman'),
    ['/run/podman/podman.sock', 'Podman'],
    [join(home, '.local/share/containers/podman/machine/podman.sock'), 'Podman machine'],
  ]
  return paths.map(([path, foundBy]) => ({ endpoint: `unix://${path}`, foundBy }))
}
