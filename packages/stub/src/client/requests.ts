import { MesocosmError } from 'mesocosm'
import { sendRequest, unreachable } from 'mesocosm/plugin'
import { controlPrefix } from '../wire.ts'

/** Where the server is. Read at each request, because a recreated service may have another address. */
export interface StubEndpoint {
  readonly service: string
  readonly url: string
  /** Name of the lane on the server. */
  readonly lane: string
}

/** Control requests of one lane. They throw `SERVICE_CLIENT_FAILED`. */
export interface Requests {
  /** Sends a request, and returns the parsed answer; `undefined` if it is empty. */
  ask<T>(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<T>
  /** Opens a stream. Resolves after its first line, which says that the server listens. */
  open(
    method: string,
    path: string,
    signal: AbortSignal,
    body?: unknown,
  ): Promise<{ readonly first: string; readonly lines: AsyncIterable<string> }>
}

/** Makes the control requests of a lane. */
export const createRequests = (endpoint: StubEndpoint): Requests => {
  const send = (method: string, path: string, signal: AbortSignal, body: unknown) =>
    fetch(`${endpoint.url}${controlPrefix}lanes/${encodeURIComponent(endpoint.lane)}${path}`, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const checked = async (request: string, response: Response): Promise<Response> => {
    if (response.ok) return response
    const { service } = endpoint
    const { title = '', detail = '' } = await problemOf(response)
    throw new MesocosmError({
      code: 'SERVICE_CLIENT_FAILED',
      message: `${service} answered ${request} with status ${response.status}${title === '' ? '' : `: ${title}`}`,
      details: detail === '' ? [] : detail.split('\n'),
      facts: { service, status: response.status },
    })
  }
  return {
    async ask<T>(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<T> {
      const request = `${method} ${path === '' ? '/' : path}`
      const { service } = endpoint
      const response = await sendRequest(
        { service, request },
        () => send(method, path, signal, body),
        signal,
      )
      const text = await (await checked(request, response)).text()
      return (text === '' ? undefined : JSON.parse(text)) as T
    },
    async open(method, path, signal, body) {
      const request = `${method} ${path}`
      const response = await send(method, path, signal, body).catch((error: unknown) => {
        throw signal.aborted ? error : unreachable(endpoint.service, error, { request })
      })
      await checked(request, response)
      const lines = linesOf(response.body ?? new ReadableStream())
      const { value: first = '' } = await lines.next()
      return { first, lines }
    },
  }
}

// ---

const problemOf = async (
  response: Response,
): Promise<{ readonly title?: string; readonly detail?: string }> => {
  try {
    return (await response.json()) as object
  } catch {
    // Not an answer of ours: its status says all there is.
    return {}
  }
}

async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter((line) => line !== '')
  }
}
