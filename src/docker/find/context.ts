import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { detailOf } from '../api/errors.ts'
import type { Candidate, Surroundings, TlsMaterial } from './candidates.ts'

/**
 * Returns the engine of the docker context that the user chose: by `DOCKER_CONTEXT`, else by `docker context use`.
 * `undefined` if that is `default` or none.
 */
export const namedContext = (around: Surroundings): Candidate | undefined => {
  const { DOCKER_CONTEXT: fromEnv } = around.env
  const name = fromEnv || currentContext(around)
  if (name === undefined || name === 'default') return undefined
  const way = fromEnv ? ways.env : ways.use
  return fromContext(name, way, around)
}

// ---

interface Way {
  readonly by: string
  readonly undo: string
}

const ways = {
  env: { by: 'DOCKER_CONTEXT', undo: 'unset DOCKER_CONTEXT' },
  use: { by: 'docker context', undo: 'run `docker context use default`' },
} satisfies Record<string, Way>

const fromContext = (name: string, { by, undo }: Way, around: Surroundings): Candidate => {
  const foundBy = `${by} ${name}`
  const endpoint = `context ${name}`
  // The docker client names a context's folder by the hash of the context's name.
  const id = createHash('sha256').update(name).digest('hex')
  const contexts = join(configFolder(around), 'contexts')
  const file = join(contexts, 'meta', id, 'meta.json')
  const remedy = `choose a context that \`docker context ls\` lists, or ${undo}`
  if (!existsSync(file)) return { endpoint, foundBy, fault: 'that context does not exist', remedy }
  try {
    const { Endpoints: endpoints }: Meta = JSON.parse(readFileSync(file, 'utf8'))
    const { Host: host, SkipTLSVerify: skip = false } = endpoints?.docker ?? {}
    if (!host) return { endpoint, foundBy, fault: 'it does not name a Docker engine', remedy }
    const tls = tlsOf(join(contexts, 'tls', id, 'docker'), host, skip)
    return {
      endpoint: host,
      foundBy,
      remedy: `start the engine of the docker context ${name}, or ${undo}`,
      ...(tls === undefined ? {} : { tls }),
    }
  } catch (error) {
    return { endpoint, foundBy, fault: `${file}: ${detailOf(error)}`, remedy }
  }
}

/** TLS depends on what the context holds, not on the port: so does the docker client. */
const tlsOf = (folder: string, host: string, skip: boolean): TlsMaterial | undefined => {
  const isPresent = ['ca.pem', 'cert.pem', 'key.pem'].some((file) => existsSync(join(folder, file)))
  if (!isPresent && !skip && !host.startsWith('https:')) return undefined
  return { verify: !skip, ...(isPresent ? { certificates: folder } : {}) }
}

interface Meta {
  readonly Endpoints?: {
    readonly docker?: { readonly Host?: string; readonly SkipTLSVerify?: boolean }
  }
}

const currentContext = (around: Surroundings): string | undefined => {
  try {
    const text = readFileSync(join(configFolder(around), 'config.json'), 'utf8')
    const name: unknown = JSON.parse(text).currentContext
    return typeof name === 'string' && name !== '' ? name : undefined
  } catch {
    // No readable configuration: try the usual sockets.
    return undefined
  }
}

const configFolder = ({ env, home }: Surroundings): string =>
  env.DOCKER_CONFIG || join(home, '.docker')
