import { MesocosmError } from 'mesocosm'
import { isError, limitSignal } from 'mesocosm/plugin'
import type { StubAnswer, StubRequest } from '../operations.ts'
import { faultLine, type HandlerLine, type StubFault, type WireAnswer } from '../wire.ts'
import { headerFaults } from './check-failure.ts'
import { requestOf } from './request.ts'
import type { Requests } from './requests.ts'

/** A handler that answers. */
export interface OpenHandler {
  /** Takes the handler back, and waits for calls that are being answered. */
  close(): Promise<void>
}

/** What {@link openHandler} needs. */
export interface HandlerOptions {
  readonly service: string
  readonly route: string
  readonly requests: Requests
  readonly handler: (request: StubRequest) => unknown
  /** Takes each failure, for the test. */
  onFailure(error: MesocosmError): void
}

/** Answers the calls of a route. Resolves when every later request is answered by the handler. @param signal ends the start. */
export const openHandler = async (
  { service, route, requests, handler, onFailure }: HandlerOptions,
  signal: AbortSignal,
): Promise<OpenHandler> => {
  const end = new AbortController()
  const stop = () => end.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const { first, lines } = await requests.open('POST', '/handlers', end.signal, { route })
  const { handler: id } = JSON.parse(first) as HandlerLine & { readonly kind: 'listening' }
  // The limits of the call are for its start, not for how long the handler answers.
  signal.removeEventListener('abort', stop)

  const failed = (message: string, details: readonly string[], cause?: unknown) =>
    onFailure(
      new MesocosmError({
        code: 'STUB_HANDLER_FAILED',
        message: `the handler of ${route} in ${service} ${message}`,
        details,
        remedy: 'correct the handler in the test; the service under test got a status 500',
        facts: { service, route },
        ...(cause === undefined ? {} : { cause }),
      }),
    )

  const answer = async ({ call, request }: HandlerLine & { kind: 'call' }): Promise<void> => {
    let body: WireAnswer | { readonly failed: string }
    try {
      body = wireOf(await handler(requestOf(request)))
    } catch (error) {
      body = { failed: isError(error) ? error.message : String(error) }
      failed(`threw: ${body.failed}`, [], error)
    }
    try {
      // Not aborted by the end of the stream: the service waits for the answer.
      const limit = limitSignal(answerMs)
      const { faults } = await requests.ask<{ readonly faults: readonly StubFault[] }>(
        'POST',
        `/answers/${call}`,
        limit,
        body,
      )
      if (faults.length > 0)
        failed('answered what the document does not allow', faults.map(faultLine))
    } catch (error) {
      if (!end.signal.aborted) failed('could not answer', [(error as Error).message], error)
    }
  }

  const answering = new Set<Promise<void>>()
  const read = async () => {
    for await (const line of lines) {
      const parsed = JSON.parse(line) as HandlerLine
      if (parsed.kind !== 'call') continue
      const work = answer(parsed)
      answering.add(work)
      void work.then(() => answering.delete(work))
    }
  }
  const reading = read().catch((error: unknown) => {
    // A stream that breaks has ended: the service was stopped.
    if (!end.signal.aborted && !isError(error, 'TypeError')) failed('ended', [], error)
  })
  return {
    async close() {
      try {
        // Acknowledged, so that the next request is not sent here; calls before are answered.
        await requests.ask<void>('DELETE', `/handlers/${id}`, limitSignal(closeMs))
      } catch {
        // The lane was reset or the service was stopped: the stream has ended, or ends here.
        end.abort()
      }
      await reading
      await Promise.all(answering)
    },
  }
}

// ---

/** Milliseconds to take a handler back. */
const closeMs = 5_000

/** Milliseconds to hand in an answer. */
const answerMs = 30_000

const wireOf = (answer: unknown): WireAnswer => {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer))
    throw new TypeError('it must return an object: { status, headers, body }')
  const { status, headers, body } = answer as StubAnswer
  if (status !== undefined && !(Number.isInteger(status) && status >= 200 && status <= 599))
    throw new TypeError(`status must be an integer from 200 to 599, not ${status}`)
  const [unsendable] = headerFaults(headers ?? {})
  if (unsendable !== undefined) throw new TypeError(unsendable)
  return {
    ...(status === undefined ? {} : { status }),
    ...(headers === undefined ? {} : { headers }),
    ...(body instanceof Uint8Array
      ? { body: Buffer.from(body).toString('base64'), binary: true as const }
      : body === undefined
        ? {}
        : { body }),
  }
}
