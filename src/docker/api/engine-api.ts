import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { ApiFailure, goneError, isConnectionError } from './errors.ts'

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
  /** Aborts the call. */
  readonly signal?: AbortSignal
}

/** The Engine API. Every failure is an `ApiFailure` (the engine refused) or `ENGINE_GONE`. */
export interface EngineApi {
  /** Address of the engine. */
  readonly endpoint: string
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

/** Creates the Engine API over a transport. */
export const createEngineApi = (dialer: Dialer, endpoint: string): EngineApi => {
  const call = <T>(method: string, path: string, request: ApiRequest, mode: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const query = defined(request.query ?? {})
      const options = {
        // Without `_query` and `_body` dockerode puts the whole body, secrets included, into the URL.
        path: Object.keys(query).length === 0 ? path : `${path}?`,
        method,
        options: { _query: query, _body: request.body ?? {} },
        statusCodes: accepted,
        ...(request.file === undefined ? {} : { file: request.file }),
        ...(request.auth === undefined ? {} : { authconfig: request.auth }),
        ...(request.registries === undefined ? {} : { registryconfig: request.registries }),
        ...(request.signal === undefined ? {} : { abortSignal: request.signal }),
        ...mode,
      }
      dialer.dial(options, (error, result) => {
        if (error === null || error === undefined) resolve(result as T)
        else reject(failureOf(error, endpoint))
      })
    })
  return {
    endpoint,
    json: (method, path, request = {}) => call(method, path, request, {}),
    stream: (method, path, request = {}) => call(method, path, request, { isStream: true }),
    hijack: (path, request = {}) =>
      call('POST', path, request, { isStream: true, hijack: true, openStdin: false }),
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

interface DialError extends Error {
  readonly json?: { readonly message?: unknown } | null
}

const detailOf = (error: DialError): string => {
  const message = error.json?.message
  const text =
    typeof message === 'string' ? message : error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '')
  return text.trim()
}
