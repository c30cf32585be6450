import type { IncomingMessage } from 'node:http'
import type { Duplex, Readable } from 'node:stream'
import { ApiFailure, goneError, isConnectionError } from './errors.ts'

export interface ApiRequest {
  /** Objects are written as JSON, lists as repeated keys; `undefined` is left out. */
  readonly query?: Readonly<Record<string, unknown>>
  readonly body?: unknown
  /** A tar instead of a JSON body. */
  readonly file?: Readable | Buffer
  /** Registry credentials, sent in a header. */
  readonly auth?: object
  /** Credentials of several registries, by registry; what a build may need for its base images. */
  readonly registries?: Readonly<Record<string, object>>
  readonly signal?: AbortSignal
}

/** Calls on the Engine API. Every failure is an `ApiFailure` (the engine said no) or `ENGINE_GONE`. */
export interface EngineApi {
  readonly endpoint: string
  /** Waits for the whole answer. */
  json<T>(method: string, path: string, request?: ApiRequest): Promise<T>
  /** The answer's body as it comes. */
  stream(method: string, path: string, request?: ApiRequest): Promise<IncomingMessage>
  /** A two-way connection, whose ends close one by one. */
  hijack(path: string, request?: ApiRequest): Promise<Duplex>
}

/** What is used of dockerode: its transport, which knows unix sockets, pipes and TLS. */
export interface Dialer {
  dial(options: object, callback: (error: unknown, result: unknown) => void): void
}

export const createEngineApi = (dialer: Dialer, endpoint: string): EngineApi => {
  const call = <T>(method: string, path: string, request: ApiRequest, mode: object): Promise<T> =>
    new Promise((resolve, reject) => {
      const query = defined(request.query ?? {})
      const options = {
        // The whole create body would go into the query without `_query` and `_body`: secrets in URLs.
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

/** One path segment of the Engine API. */
export const segment = (id: string): string => encodeURIComponent(id)

/** The `filters` of list and event calls for labels. */
export const labelFilter = (labels: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`)

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
  const said = error.json?.message
  const text =
    typeof said === 'string' ? said : error.message.replace(/^\(HTTP code \d+\) [^-]* - /, '')
  return text.trim()
}
