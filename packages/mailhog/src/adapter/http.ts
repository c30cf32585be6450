import { MesocosmError } from 'mesocosm'

/** Requests to one server's API. */
export interface Http {
  /** Base URL, without a slash at the end; asked for at each request. */
  readonly url: string
  /** The answer, whatever its status. Throws when there is none. */
  send(path: string, options?: SendOptions): Promise<Response>
  /** The answer when its status is 200–299. */
  ok(path: string, options?: SendOptions): Promise<Response>
  json<T>(path: string, options?: SendOptions): Promise<T>
}

export interface SendOptions {
  readonly method?: 'GET' | 'PUT' | 'DELETE'
  readonly json?: unknown
  readonly signal?: AbortSignal | undefined
}

const answerTimeoutMs = 10_000

export const createHttp = (service: string, baseUrl: () => string): Http => {
  const send: Http['send'] = async (path, { method = 'GET', json, signal } = {}) => {
    const url = baseUrl() + path
    const once = () =>
      fetch(url, {
        method,
        ...(json === undefined
          ? {}
          : { body: JSON.stringify(json), headers: { 'content-type': 'application/json' } }),
        signal: AbortSignal.any([
          AbortSignal.timeout(answerTimeoutMs),
          ...(signal ? [signal] : []),
        ]),
      })
    try {
      // A kept connection may have ended with the former container; every request of ours can be made twice.
      return await once().catch((error: unknown) => {
        if (error instanceof TypeError && signal?.aborted !== true) return once()
        throw error
      })
    } catch (error) {
      if (signal?.aborted) throw error
      throw new MesocosmError({
        code: 'SERVICE_CLIENT_FAILED',
        message: `${service} does not answer ${method} ${url}`,
        remedy: 'see in its log whether it runs; start() it again if the test has stopped it',
        facts: { service, url },
        cause: error,
      })
    }
  }
  const ok: Http['ok'] = async (path, options) => {
    const response = await send(path, options)
    if (response.ok) return response
    const said = (await response.text()).slice(0, 500)
    throw new MesocosmError({
      code: 'SERVICE_CLIENT_FAILED',
      message: `${service} answered ${options?.method ?? 'GET'} ${path} with status ${response.status}: ${said}`,
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

/** The body's bytes; `undefined` when there is no such thing (any more). */
export const bytesIfThere = async (response: Response): Promise<Uint8Array | undefined> =>
  response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
