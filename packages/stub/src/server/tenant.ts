import { EventEmitter } from 'node:events'
import type {
  HandlerLine,
  StubFault,
  StubSource,
  WireAnswer,
  WireFailure,
  WireRequest,
} from '../wire.ts'

/** What a handler answered, or why it did not. */
export type Handled = { readonly answer: WireAnswer } | { readonly failed: string }

/** Stream to the handler of a test. */
export interface HandlerStream {
  write(line: HandlerLine): void
  end(): void
}

/** Requests, handlers and failures of one lane. */
export interface Tenant {
  readonly requests: readonly WireRequest[]
  /** Keeps a request, and reports it to listeners. */
  receive(request: Omit<WireRequest, 'id'>): WireRequest
  /** Adds to a kept request how it was answered. */
  answered(id: number, status: number | undefined, by: StubSource): void
  /** Calls back when a request arrives or is answered, until the returned function is called. */
  listen(onNews: () => void): () => void
  /** Adds a handler for a route; the newest one answers. Returns its number. */
  handle(route: string, stream: HandlerStream): number
  /**
   * Removes a handler, and ends its stream; calls that it got can still be answered. Returns whether there was one.
   *
   * @param isLost the stream is broken: nothing answers any more.
   */
  removeHandler(id: number, isLost: boolean): boolean
  /** Asks the newest handler of a route; `undefined` if there is none. */
  ask(route: string, request: WireRequest, check: Check): Promise<Handled> | undefined
  /** Takes the answer to a call. Returns its faults; `undefined` if nothing waits for it. */
  answer(call: number, handled: Handled): readonly StubFault[] | undefined
  /** Adds a failure. Returns its number. */
  fail(failure: WireFailure): number
  removeFailure(id: number): boolean
  /** Returns the newest failure for a route, and counts it down. */
  takeFailure(route: string | undefined): WireFailure | undefined
  /** Forgets everything, and ends all streams. */
  reset(): void
}

/** Returns what of an answer the document does not allow. */
export type Check = (handled: Handled) => readonly StubFault[]

/** Requests that are kept; older ones are forgotten. */
const most = 10_000

/** Makes a lane's state, empty. */
export const createTenant = (): Tenant => {
  const news = new EventEmitter().setMaxListeners(0)
  let requests: WireRequest[] = []
  let count = 0
  /** In the order in which they were added. */
  const handlers = new Map<number, { readonly route: string; readonly stream: HandlerStream }>()
  const calls = new Map<
    number,
    {
      readonly stream: HandlerStream
      readonly check: Check
      readonly resolve: (handled: Handled) => void
    }
  >()
  const failures = new Map<number, { readonly failure: WireFailure; left: number }>()

  const drop = (stream: HandlerStream) => {
    for (const [call, { stream: of, resolve }] of calls)
      if (of === stream) {
        calls.delete(call)
        resolve({ failed: 'the test ended before its handler answered' })
      }
  }

  return {
    get requests() {
      return requests
    },
    receive(request) {
      count += 1
      const kept = { ...request, id: count }
      requests.push(kept)
      if (requests.length > most) requests = requests.slice(-most)
      news.emit('news')
      return kept
    },
    answered(id, status, by) {
      const at = requests.findLastIndex((request) => request.id === id)
      const found = requests[at]
      if (found === undefined) return
      requests[at] = { ...found, answeredBy: by, ...(status === undefined ? {} : { status }) }
      news.emit('news')
    },
    listen(onNews) {
      news.on('news', onNews)
      return () => void news.off('news', onNews)
    },
    handle(route, stream) {
      count += 1
      handlers.set(count, { route, stream })
      return count
    },
    removeHandler(id, isLost) {
      const found = handlers.get(id)
      if (found === undefined) return false
      handlers.delete(id)
      if (isLost) drop(found.stream)
      else found.stream.end()
      return true
    },
    ask(route, request, check) {
      const stream = [...handlers.values()].findLast((one) => one.route === route)?.stream
      if (stream === undefined) return undefined
      count += 1
      const call = count
      return new Promise((resolve) => {
        calls.set(call, { stream, check, resolve })
        stream.write({ kind: 'call', call, request })
      })
    },
    answer(call, handled) {
      const waiting = calls.get(call)
      if (waiting === undefined) return undefined
      calls.delete(call)
      const faults = waiting.check(handled)
      waiting.resolve(handled)
      return faults
    },
    fail(failure) {
      count += 1
      failures.set(count, { failure, left: failure.times ?? Number.POSITIVE_INFINITY })
      return count
    },
    removeFailure: (id) => failures.delete(id),
    takeFailure(route) {
      const [id, found] =
        [...failures].findLast(
          ([, { failure }]) => failure.route === undefined || failure.route === route,
        ) ?? []
      if (id === undefined || found === undefined) return undefined
      found.left -= 1
      if (found.left <= 0) failures.delete(id)
      return found.failure
    },
    reset() {
      requests = []
      failures.clear()
      const streams = [...handlers.values()].map(({ stream }) => stream)
      handlers.clear()
      for (const stream of streams) {
        drop(stream)
        stream.end()
      }
      news.emit('news')
    },
  }
}
