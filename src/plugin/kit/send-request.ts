import { isError } from '../../errors/is-error.ts'
import type { ErrorFacts } from '../../errors/mesocosm-error.ts'
import { unreachable } from './unreachable.ts'

/** What is sent, for errors. */
export interface RequestWords {
  /** Service that it is sent to. */
  readonly service: string
  /** What it is, such as `GET /guests`. */
  readonly request: string
  /** Facts of the error besides `service`. */
  readonly facts?: ErrorFacts
}

/**
 * Sends an HTTP request, and again if its kept-alive connection has ended with the former container of the service.
 *
 * @param send sends it, usually by `fetch`. It may be called twice, so the request must be safe to repeat.
 * @returns the response, whatever its status.
 * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` if there is no response; what `send` throws once the signal has aborted.
 */
export const sendRequest = async (
  { service, request, facts = {} }: RequestWords,
  send: () => Promise<Response>,
  signal?: AbortSignal,
): Promise<Response> => {
  try {
    return await send().catch((error: unknown) => {
      if (isError(error, 'TypeError') && signal?.aborted !== true) return send()
      throw error
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw unreachable(service, error, { request, facts })
  }
}
