import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { engineText } from './api.ts'
import { defaultEndpoint, type Endpoint, type EndpointTls, pemFiles } from './endpoint.ts'

export interface FoundEngine extends Endpoint {
  /** What named it: `DOCKER_HOST`, `context "x"`, `socket`. */
  readonly foundBy: string
}

/** Returns the first engine that answers, in the order of a Docker client; `undefined` if none does. */
export const findEngine = async (): Promise<FoundEngine | undefined> => {
  for (const candidate of candidates()) if (await answers(candidate)) return candidate
  return undefined
}

/** Returns whether an engine answers within two seconds. */
export const answers = async (endpoint: Endpoint): Promise<boolean> => {
  try {
    const path = '/_ping'
    return (await engineText(endpoint, { path, signal: AbortSignal.timeout(2_000) })) === 'OK'
  } catch {
    // Missing, not permitted or not an engine: none of them can be used.
    return false
  }
}

/**
 * Returns where an engine may be. `DOCKER_HOST`, a docker context and `CONTAINER_HOST` are binding: with them, nothing
 * else is tried.
 */
export const candidates = (env: NodeJS.ProcessEnv = process.env): FoundEngine[] => {
  if (env.DOCKER_HOST !== undefined && env.DOCKER_HOST !== '')
    return [
      {
        url: env.DOCKER_HOST,
        foundBy: 'DOCKER_HOST',
        ...(env.DOCKER_TLS_VERIFY || env.DOCKER_HOST.endsWith(':2376')
          ? { tls: { certificates: env.DOCKER_CERT_PATH ?? join(homedir(), '.docker') } }
          : {}),
      },
    ]
  const context = currentContext(env)
  if (context !== undefined) return [context]
  if (env.CONTAINER_HOST) return [{ url: env.CONTAINER_HOST, foundBy: 'CONTAINER_HOST' }]
  const sockets = process.platform === 'win32' ? pipes() : existingSockets(env)
  return sockets.map((url) => ({ url, foundBy: 'socket' }))
}

// ---

const currentContext = (env: NodeJS.ProcessEnv): FoundEngine | undefined => {
  const home = env.DOCKER_CONFIG ?? join(homedir(), '.docker')
  const config = json<{ currentContext?: string }>(join(home, 'config.json'))
  const name = env.DOCKER_CONTEXT ?? config?.currentContext
  if (name === undefined || name === '' || name === 'default') return undefined
  // The Docker client names a context's folder by the hash of the context's name.
  const id = createHash('sha256').update(name).digest('hex')
  const meta = json<{ Endpoints?: { docker?: { Host?: string; SkipTLSVerify?: boolean } } }>(
    join(home, 'contexts/meta', id, 'meta.json'),
  )
  const { Host: url, SkipTLSVerify: skip = false } = meta?.Endpoints?.docker ?? {}
  if (url === undefined) return undefined
  const tls = tlsOf(join(home, 'contexts/tls', id, 'docker'), url, skip)
  return { url, foundBy: `context "${name}"`, ...(tls === undefined ? {} : { tls }) }
}

/** TLS depends on what the context holds, not on the port: so does the docker client. */
const tlsOf = (folder: string, url: string, skip: boolean): EndpointTls | undefined => {
  const isPresent = pemFiles.some((file) => existsSync(join(folder, file)))
  if (!isPresent && !skip && !url.startsWith('https:')) return undefined
  return { ...(isPresent ? { certificates: folder } : {}), ...(skip ? { verify: false } : {}) }
}

const existingSockets = (env: NodeJS.ProcessEnv): string[] => {
  const run = env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`
  const home = homedir()
  return [
    defaultEndpoint.url.slice('unix://'.length),
    join(run, 'docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.docker/desktop/docker.sock'),
    join(home, '.orbstack/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(home, '.rd/docker.sock'),
    join(run, 'podman/podman.sock'),
    '/run/podman/podman.sock',
    join(home, '.local/share/containers/podman/machine/podman.sock'),
  ]
    .filter((path) => existsSync(path))
    .map((path) => `unix://${path}`)
}

const pipes = (): string[] => [
  defaultEndpoint.url,
  'npipe:////./pipe/dockerDesktopLinuxEngine',
  'npipe:////./pipe/podman-machine-default',
]

const json = <T>(path: string): T | undefined =>
  existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : undefined
