import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { detailOf } from '../api/errors.ts'

/** A place where an engine may answer. */
export interface Candidate {
  /** `unix:///var/run/docker.sock`, `npipe:////./pipe/docker_engine`, `tcp://host:2375`. */
  readonly endpoint: string
  /** What named it, for people: `DOCKER_HOST`, `docker context colima`, `default socket`. */
  readonly foundBy: string
  /** Folder with `ca.pem`, `cert.pem`, `key.pem`; absent for an engine without TLS. */
  readonly certificates?: string
  /** Why it cannot be used although it was named. */
  readonly fault?: string
}

/** What the search looks at; all of it can be given by tests. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly platform: NodeJS.Platform
  readonly home: string
  readonly uid: number | undefined
}

/**
 * Places in the order they are tried. An engine named on purpose (`DOCKER_HOST`, `DOCKER_CONTEXT`) is the
 * only candidate: to fall back to another one would run things where nobody expects them.
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
          'engines over ssh are not spoken to directly; forward the socket with `ssh -nNT -L /tmp/docker.sock:/var/run/docker.sock <host>` and set DOCKER_HOST=unix:///tmp/docker.sock',
      }
    : candidate

const currentContext = (around: Surroundings): string | undefined => {
  try {
    const text = readFileSync(join(configFolder(around), 'config.json'), 'utf8')
    const name: unknown = JSON.parse(text).currentContext
    return typeof name === 'string' && name !== 'default' && name !== '' ? name : undefined
  } catch {
    // No configuration, or one that Docker itself could not read: the usual sockets are tried.
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
  const places: [string, string][] = [
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
  return places.map(([path, foundBy]) => ({ endpoint: `unix://${path}`, foundBy }))
}
