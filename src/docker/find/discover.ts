import type { Agent, ClientRequest, IncomingMessage } from 'node:http'
import { inspect } from 'node:util'
import { callForeign } from '../../call/foreign-code.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { Dialer } from '../api/engine-api.ts'
import { detailOf } from '../api/errors.ts'
import { type Candidate, candidates, ownSurroundings, type Surroundings } from './candidates.ts'
import { type Connection, connectionTo, ping } from './connection.ts'
import { withoutSsh } from './ssh.ts'

/** An engine that answered. */
export interface FoundEngine {
  readonly endpoint: string
  /** What named the endpoint, for messages. */
  readonly foundBy: string
  /** Transport to the engine. */
  readonly dialer: Dialer
  /** Closes idle connections. */
  readonly close: () => void
}

/** Options of {@link discoverEngine}. */
export interface DiscoverOptions {
  /** Engine to use instead of searching: `unix:///…`, `npipe:///…`, `tcp://…`. */
  readonly endpoint?: string
  /** Default those of this process. */
  readonly surroundings?: Surroundings
}

const pingTimeoutMs = 3_000

/**
 * Finds the container engine: the first candidate that answers. testcontainers, which knows more of them, is loaded
 * only when none does.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND` with every candidate tried and why it failed.
 */
export const discoverEngine = async (options: DiscoverOptions = {}): Promise<FoundEngine> => {
  const around = options.surroundings ?? ownSurroundings()
  const tried: readonly Candidate[] = options.endpoint
    ? [withoutSsh({ endpoint: options.endpoint, foundBy: 'option', remedy: optionRemedy })]
    : candidates(around)
  const faults: string[] = []
  for (const candidate of tried) {
    try {
      return await connect(candidate)
    } catch (error) {
      faults.push(`${candidate.foundBy}: ${candidate.endpoint}: ${detailOf(error)}`)
    }
  }
  // Only an engine that the user named has a remedy, and then it is the only candidate.
  const remedy = tried[0]?.remedy
  if (remedy === undefined) {
    try {
      return await askTestcontainers()
    } catch (error) {
      faults.push(`testcontainers: ${detailOf(error)}`)
    }
  }
  throw notFound(faults, remedy)
}

// ---

const connect = async (candidate: Candidate): Promise<FoundEngine> => {
  const { endpoint, foundBy, fault } = candidate
  if (fault !== undefined) throw new Error(fault)
  const connection = connectionTo(candidate)
  await ping(connection, pingTimeoutMs)
  return { endpoint, foundBy, ...(await dial(connection)) }
}

const dial = async (connection: Connection): Promise<{ dialer: Dialer; close: () => void }> => {
  const [{ default: Modem }, http, https] = await Promise.all([
    import('docker-modem'),
    import('node:http'),
    import('node:https'),
  ])
  const { protocol: _, host: _host, port: _port, socketPath: _path, ...tls } = connection
  // docker-modem passes certificates on only if all three are present, and never whether they are checked.
  const agent =
    connection.protocol === 'https'
      ? new https.Agent({ keepAlive: true, ...tls })
      : new http.Agent({ keepAlive: true })
  refuseRedirects(agent)
  // docker-modem formats every request for its debug output, printed or not. With the agent, all open connections
  // would be formatted, too: 5 to 20 ms per call.
  Object.defineProperty(agent, inspect.custom, { value: () => 'Agent' })
  // Without `host`, docker-modem would use the one of DOCKER_HOST.
  const modem = new Modem({ host: undefined, ...connection, agent } as object)
  return { dialer: modem as Dialer, close: () => agent.destroy() }
}

/**
 * docker-modem follows redirects, to any address, by requests whose errors nothing listens for: one of them would end this
 * process. Engines send none for what is asked here, so an answer that has one, as from a proxy, is a refusal.
 */
const refuseRedirects = (agent: Agent): void => {
  // Called by Node for each request; not in the types.
  const adding = agent as unknown as {
    addRequest(request: ClientRequest, ...more: unknown[]): void
  }
  const { addRequest } = adding
  adding.addRequest = (request, ...more) => {
    // Before the listener of docker-modem.
    request.prependOnceListener('response', ({ headers }: IncomingMessage) => {
      delete headers.location
    })
    addRequest.call(agent, request, ...more)
  }
}

const askTestcontainers = async (): Promise<FoundEngine> => {
  const { getContainerRuntimeClient } = await import('testcontainers')
  const client = await callForeign('testcontainers', getContainerRuntimeClient)
  const modem = client.container.dockerode.modem as Dialer & { socketPath?: string; host?: string }
  return {
    endpoint: modem.host === undefined ? `unix://${modem.socketPath}` : `tcp://${modem.host}`,
    foundBy: 'testcontainers',
    dialer: modem,
    close: () => undefined,
  }
}

const notFound = (faults: readonly string[], remedy: string | undefined): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_NOT_FOUND',
    message: 'no container engine answers',
    remedy:
      remedy ??
      'start Docker, Podman, Colima or another engine with the Docker API (`docker info` must work; for Podman `systemctl --user start podman.socket`), or set DOCKER_HOST',
    facts: { tried: faults },
    details: faults,
  })

const optionRemedy = 'start the engine at that address, or leave `endpoint` out to search for one'
