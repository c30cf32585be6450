import { type Call, openCall } from '../call/call.ts'
import { settledWithin } from '../call/pause.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { failureOf } from '../errors/outcome.ts'
import { callStatusOf } from '../trace/event/call-status.ts'
import { shownArguments } from '../trace/write/shown-arguments.ts'
import type { LaneTests } from './lane-tests.ts'

/** What a request does with the lane. */
export interface Act {
  /** Its name in the record, as of the same method of handles and lanes: `setEnv`, `lane.reset`. */
  readonly method: string
  readonly service?: string
  /** As the request gave them. */
  readonly args?: readonly unknown[]
  /** What it does, for errors: `the restart of api`. */
  readonly what: string
  /** Milliseconds that the caller waits; default no limit. */
  readonly timeoutMs?: number | undefined
}

interface Running {
  readonly signal: AbortSignal
  readonly done: Promise<unknown>
}

/** How long a call waits for former ones that were given up, in case one of them never ends. */
const endingMs = 10_000

/** The calls of one lane's Control API: each is a span of the record, belongs to the running test, and can be aborted. */
export class LaneCalls {
  readonly #engine: RunEngine
  readonly #lane: Lane
  readonly #tests: LaneTests
  readonly #running = new Set<Running>()

  constructor(engine: RunEngine, lane: Lane, tests: LaneTests) {
    this.#engine = engine
    this.#lane = lane
    this.#tests = tests
  }

  /** Runs work as a call. `signal` aborts when the client has gone or the lane's API ends. */
  async act<T>(act: Act, signal: AbortSignal, work: (call: Call) => Promise<T>): Promise<T> {
    const former = [...this.#running].filter((running) => running.signal.aborted)
    // What a caller has given up must not undo what this call does.
    await settledWithin(Promise.all(former.map(({ done }) => done)), endingMs, signal)
    const running = this.#run(act, signal, work)
    const entry = { signal, done: running.catch(() => undefined) }
    this.#running.add(entry)
    try {
      return await running
    } finally {
      this.#running.delete(entry)
    }
  }

  /** Resolves when no call is under way, or after some seconds. */
  async settled(): Promise<void> {
    await settledWithin(Promise.all([...this.#running].map(({ done }) => done)), endingMs)
  }

  // ---

  async #run<T>(
    { method, service, args = [], what, timeoutMs }: Act,
    signal: AbortSignal,
    work: (call: Call) => Promise<T>,
  ): Promise<T> {
    const start = performance.now()
    const { record } = this.#engine.context
    const test = this.#tests.current(service)
    // Events that no call caused are recorded with the test.
    if (test !== undefined) this.#lane.group.members.test = test.test
    const shown = shownArguments(args, record.redactor)
    const span = record.events.span('call', {
      ...(test === undefined ? {} : { x: test.test, p: test.span }),
      l: this.#lane.name,
      ...(service === undefined ? {} : { s: service }),
      method,
      ...(shown.length === 0 ? {} : { args: shown }),
    })
    const ms = () => Math.round((performance.now() - start) * 1000) / 1000
    using call = openCall(what, { test: test?.test, span: span.id }, { timeoutMs, signal })
    try {
      const result = await work(call)
      span.end({ status: 'done', ms: ms() })
      return result
    } catch (error) {
      const failure = failureOf(error)
      span.end({ status: callStatusOf(failure, error), ms: ms(), error: failure })
      throw error
    }
  }
}
