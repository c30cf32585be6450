import { MesocosmError } from 'mesocosm'
import { limitSignal, sendRequest } from 'mesocosm/plugin'

/** Requests to the API of one server. */
export interface Http {
  /** Base URL without a slash at the end, read at each request. */
  readonly url: string
  /** Returns the response of any status. */
  send(path: string, options?: SendOptions): Promise<Response>
  /** Returns the response if its status is 200–299. */
  ok(path: string, options?: SendOptions): Promise<Response>
  /** Returns the body of {@link ok} as JSON. */
  json<T>(path: string, options?: SendOptions): Promise<T>
}

/** Options of a request. */
export interface SendOptions {
  /** Default `GET`. */
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Body, sent as JSON; default none. */
  readonly json?: unknown
  /** Aborts the request. */
  readonly signal?: AbortSignal | undefined
}

const answerTimeoutMs = 10_000

/** Returns the requests to a server. They throw `SERVICE_CLIENT_FAILED` if it does not answer. */
export const createHttp = (service: string, baseUrl: () => string): Http => {
  const send: Http['send'] = async (path, { method = 'GET', json, signal } = {}) => {
    const url = baseUrl() + path
    const timeout = limitSignal(answerTimeoutMs)
    return await sendRequest(
      { service, request: `${method} ${url}`, facts: { url } },
      () =>
        fetch(url, {
          method,
          ...(json === undefined
            ? {}
            : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
          signal: signal === undefined ? timeout : AbortSignal.any([timeout, signal]),
        }),
      signal,
    )
  }
  const ok: Http['ok'] = async (path, options) => {
    const response = await send(path, options)
    if (response.ok) return response
    const body = (await response.text()).slice(0, 500)
    throw new MesocosmError({
      code: 'SERVICE_CLIENT_FAILED',
      message: `${service} answered ${options?.method ?? 'GET'} ${path} with status ${response.status}: ${body}`,
      facts: { service, status: response.status },
    })
  }
  return {
    get url() {
      return baseUrl()
    },
    send,
    ok,
    json: async <T>(path: string, options?: SendOptions) =>
      (await (await ok(path, options)).json()) as T,
  }
}

/** Returns the bytes of a body; `undefined` if the response is a refusal. */
export const bytesIfFound = async (response: Response): Promise<Uint8Array | undefined> =>
  response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
