import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex, Readable } from 'node:stream'
import { settledWithinRealTime } from '../../call/pause.ts'
import { ApiFailure, goneError, isConnectionError } from './errors.ts'
import { callTimer, defaultPatience, limitOf, type Patience, watchPulse } from './patience.ts'

/** Parameters of a call. */
export interface ApiRequest {
  /** Objects are sent as JSON, arrays as repeated keys; `undefined` is left out. */
  readonly query?: Readonly<Record<string, unknown>>
  /** Sent as JSON. */
  readonly body?: unknown
  /** A tar instead of a JSON body. */
  readonly file?: Readable | Buffer
  /** Registry credentials, sent in a header. */
  readonly auth?: object
  /** Credentials by registry, for the base images of a build. */
  readonly registries?: Readonly<Record<string, object>>
  /** Default none but those that the transport sets itself. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Aborts the call. */
  readonly signal?: AbortSignal
  /** May take any time while the engine answers pings: a pull, a commit. Default true with a file, else false. */
  readonly long?: boolean
}

/**
 * The Engine API. Every failure is an `ApiFailure` (the engine refused), an `ApiTimeout` (it did not answer this call)
 * or `ENGINE_GONE`.
 */
export interface EngineApi {
  /** Address of the engine. */
  readonly endpoint: string
  /** How long it may take. */
  readonly patience: Patience
  /** Makes a call and returns the whole response. */
  json<T>(method: string, path: string, request?: ApiRequest): Promise<T>
  /** Makes a call and returns the body of the response as a stream. */
  stream(method: string, path: string, request?: ApiRequest): Promise<IncomingMessage>
  /** Opens a two-way connection, whose directions end separately. */
  hijack(path: string, request?: ApiRequest): Promise<Duplex>
}

/** The part of dockerode that is used: its transport over unix sockets, pipes and TLS. */
export interface Dialer {
  /** Sends a request; see docker-modem. */
  dial(options: object, callback: (error: unknown, result: unknown) => void): void
}

/**
 * Creates the Engine API over a transport. Every call ends: short ones by a deadline, long ones and streams when the
 * engine no longer answers pings.
 */
export const createEngineApi = (
  dialer: Dialer,
  endpoint: string,
  limits: Partial<Patience> = {},
): EngineApi => {
  const patience = { ...defaultPatience, ...limits }

  /** When the engine last answered anything. */
  const answered = { at: Number.NEGATIVE_INFINITY }

  const dial = <T>(method: string, path: string, request: ApiRequest, mode: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const query = defined(request.query ?? {})
      const options = {
        // Without `_query` and `_body` dockerode puts the whole body, secrets included, into the URL.
        path: Object.keys(query).length === 0 ? path : `${path}?`,
        method,
        options: { _query: query, _body: request.body ?? {} },
        statusCodes: accepted,
        // Otherwise the call of a response that is cut off never ends.
        isStream: true,
        ...(request.file === undefined ? {} : { file: request.file }),
        ...(request.headers === undefined ? {} : { headers: request.headers }),
        ...(request.auth === undefined ? {} : { authconfig: request.auth }),
        ...(request.registries === undefined ? {} : { registryconfig: request.registries }),
        ...(request.signal === undefined ? {} : { abortSignal: request.signal }),
        ...mode,
      }
      dialer.dial(options, (error, result) => {
        const failure =
          error === null || error === undefined ? undefined : failureOf(error, endpoint)
        if (failure === undefined || failure instanceof ApiFailure) answered.at = performance.now()
        if (failure === undefined) resolve(result as T)
        else reject(failure)
      })
    })

  /** Runs work that ends with an error when the engine takes too long. */
  const patiently = async <T>(
    method: string,
    path: string,
    request: ApiRequest,
    isStream: boolean,
    work: (request: ApiRequest) => Promise<T>,
  ): Promise<T> => {
    const stop = new AbortController()
    const { promise: over, reject } = Promise.withResolvers<never>()
    over.catch(() => undefined)
    const onOver = (error: Error) => {
      reject(error)
      stop.abort(error)
    }
    const isLong = request.long ?? request.file !== undefined
    const limitMs = limitOf(patience, { method, isLong, isStream })
    using _timer =
      limitMs === undefined ? undefined : callTimer(`${method} ${path}`, limitMs, onOver)
    using _pulse = isLong
      ? watchPulse({ bytes: () => undefined, ping }, patience, endpoint, onOver)
      : undefined
    const signals = [stop.signal, ...(request.signal === undefined ? [] : [request.signal])]
    const working = work({ ...request, signal: AbortSignal.any(signals) })
    working.catch(() => undefined)
    return await Promise.race([working, over])
  }

  const json = <T>(method: string, path: string, request: ApiRequest = {}): Promise<T> =>
    patiently(method, path, request, false, async (limited) => {
      const response = await dial<IncomingMessage>(method, path, limited, {})
      return (await wholeBody(response, endpoint)) as T
    })

  const pings: { underWay?: Promise<boolean> } = {}
  /** Streams that are idle at the same time share a ping. */
  const ping = async (timeoutMs: number): Promise<boolean> => {
    if (performance.now() - answered.at < patience.idleMs / 2) return true
    pings.underWay ??= answersPing(timeoutMs).finally(() => {
      delete pings.underWay
    })
    return pings.underWay
  }
  const answersPing = async (timeoutMs: number): Promise<boolean> => {
    const stop = new AbortController()
    const pinging = dial<IncomingMessage>('GET', '/_ping', { signal: stop.signal }, {}).then(
      (response) => void response.resume(),
    )
    const isAnswered = pinging.then(
      () => true,
      // An engine that refuses a ping answers.
      (error: unknown) => error instanceof ApiFailure,
    )
    const inTime = await settledWithinRealTime(isAnswered, timeoutMs)
    if (!inTime) stop.abort()
    return inTime && (await isAnswered)
  }

  const watched = <T extends Readable>(stream: T, socket: Socket): T => {
    // Finds a peer that is gone without a word, such as behind a router.
    socket.setKeepAlive?.(true, 15_000)
    const pulse = watchPulse(
      { bytes: () => socket.bytesRead, ping },
      patience,
      endpoint,
      (error) => void stream.destroy(error),
    )
    stream.once('close', () => pulse[Symbol.dispose]())
    return stream
  }

  return {
    endpoint,
    patience,
    json,
    stream: async (method, path, request = {}) => {
      const response = await patiently(method, path, request, true, (limited) =>
        dial<IncomingMessage>(method, path, limited, {}),
      )
      return watched(response, response.socket)
    },
    hijack: async (path, request = {}) => {
      const socket = await patiently('POST', path, request, true, (limited) =>
        dial<Socket | IncomingMessage>('POST', path, limited, { hijack: true, openStdin: false }),
      )
      if ('write' in socket) return watched(socket, socket)
      // An answer without an upgrade has one direction, and the program must not go on without the other.
      socket.destroy()
      throw new ApiFailure(socket.statusCode ?? 200, 'the connection was not upgraded')
    },
  }
}

/** Returns an id as one segment of a path. */
export const segment = (id: string): string => encodeURIComponent(id)

/** Returns labels as the `label` filter of list and event calls. */
export const labelFilter = (labels: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`)

// ---

const accepted = { 101: true, 200: true, 201: true, 204: true, 304: true }

const defined = (query: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined))

const failureOf = (error: unknown, endpoint: string): Error => {
  const status = (error as { statusCode?: unknown }).statusCode
  if (typeof status === 'number') {
    return new ApiFailure(status, detailOf(error as DialError), error)
  }
  return isConnectionError(error) ? goneError(error, endpoint) : (error as Error)
}

/** Returns the body as JSON; text that is not JSON as it is, nothing as `undefined`. */
const wholeBody = async (response: IncomingMessage, endpoint: string): Promise<unknown> => {
  const chunks: Buffer[] = []
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer)
  } catch (error) {
    throw failureOf(error, endpoint)
  }
  const text = Buffer.concat(chunks).toString()
  if (text.trim() === '') return undefined
  if (!response.headers['content-type']?.includes('json')) return parsed(text) ?? text
  const value = parsed(text)
  if (value !== undefined) return value
  throw goneError(new Error('its answer is incomplete'), endpoint)
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface DialError extends Error {
  readonly json?: { readonly message?: unknown } | null
}

const detailOf = (error: DialError): string => {
  const message = error.json?.message
  const text =
    typeof message === 'string' ? message : error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '')
  return text.trim()
}
