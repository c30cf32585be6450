import { homedir } from 'node:os'
import { inspect } from 'node:util'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { Dialer } from '../api/engine-api.ts'
import { detailOf } from '../api/errors.ts'
import { type Candidate, candidates, type Surroundings } from './candidates.ts'
import { type Connection, connectionTo, ping } from './connection.ts'

/** An engine that answered. */
export interface FoundEngine {
  readonly endpoint: string
  readonly foundBy: string
  readonly dialer: Dialer
  /** Closes idle connections. */
  readonly close: () => void
}

export interface DiscoverOptions {
  /** Use this engine and no other: `unix:///…`, `npipe:///…`, `tcp://…`. */
  readonly endpoint?: string
  readonly surroundings?: Surroundings
}

const pingTimeoutMs = 3_000

/**
 * Finds the container engine: the first place that answers. testcontainers, which knows more places, is
 * loaded and asked only when none does.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND` with every place tried and why it failed.
 */
export const discoverEngine = async (options: DiscoverOptions = {}): Promise<FoundEngine> => {
  const around = options.surroundings ?? ownSurroundings()
  const places = options.endpoint
    ? [{ endpoint: options.endpoint, foundBy: 'option' }]
    : candidates(around)
  const faults: string[] = []
  for (const place of places) {
    try {
      return await reach(place)
    } catch (error) {
      faults.push(`${place.foundBy}: ${place.endpoint}: ${detailOf(error)}`)
    }
  }
  const named = options.endpoint !== undefined || isNamed(around)
  if (!named) {
    try {
      return await askTestcontainers()
    } catch (error) {
      faults.push(`testcontainers: ${detailOf(error)}`)
    }
  }
  throw notFound(faults, named)
}

const reach = async (place: Candidate): Promise<FoundEngine> => {
  if (place.fault !== undefined) throw new Error(place.fault)
  const connection = connectionTo(place)
  await ping(connection, pingTimeoutMs)
  const { dialer, close } = await dial(connection)
  return { endpoint: place.endpoint, foundBy: place.foundBy, dialer, close }
}

const dial = async (connection: Connection): Promise<{ dialer: Dialer; close: () => void }> => {
  const [{ default: Docker }, http, https] = await Promise.all([
    import('dockerode'),
    import('node:http'),
    import('node:https'),
  ])
  const agent = new (connection.protocol === 'https' ? https : http).Agent({ keepAlive: true })
  // dockerode describes every request in full for its debug output, printed or not. With the agent go all
  // open connections: 5 to 20 ms of this process for every call, more with every container.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' })
  // `host` is named even when there is none: dockerode would take the one of DOCKER_HOST.
  const docker = new Docker({ host: undefined, ...connection, agent } as object)
  return { dialer: docker.modem as Dialer, close: () => agent.destroy() }
}

const askTestcontainers = async (): Promise<FoundEngine> => {
  const { getContainerRuntimeClient } = await import('testcontainers')
  const client = await getContainerRuntimeClient()
  const modem = client.container.dockerode.modem as Dialer & { socketPath?: string; host?: string }
  return {
    endpoint: modem.host === undefined ? `unix://${modem.socketPath}` : `tcp://${modem.host}`,
    foundBy: 'testcontainers',
    dialer: modem,
    close: () => undefined,
  }
}

const ownSurroundings = (): Surroundings => ({
  env: process.env,
  platform: process.platform,
  home: homedir(),
  uid: process.getuid?.(),
})

const isNamed = ({ env }: Surroundings): boolean =>
  Boolean(env.DOCKER_HOST || (env.DOCKER_CONTEXT && env.DOCKER_CONTEXT !== 'default'))

const notFound = (faults: readonly string[], named: boolean): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_NOT_FOUND',
    message: 'No container engine answers',
    remedy: named
      ? 'Start that engine, or unset DOCKER_HOST and DOCKER_CONTEXT to have the usual places tried.'
      : 'Start Docker, Podman, Colima or another engine with the Docker API (`docker info` must work), or set DOCKER_HOST.',
    facts: { tried: faults },
    details: faults,
  })
