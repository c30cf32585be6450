import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { SpanId } from '../trace/event/event.ts'
import { testIdOf } from '../trace/event/test-id.ts'
import type { OpenSpan } from '../trace/write/event-file.ts'
import { RequestError } from './http/errors.ts'
import type { TestBegin, TestEnd } from './schema/test.ts'

/** A test that runs in the lane. */
export interface LaneTest {
  /** Id in paths: `<id>-<attempt>`. */
  readonly id: string
  /** Id in the record: `<id>#<attempt>`. */
  readonly test: string
  readonly file: string
  readonly titlePath: readonly string[]
  /** Number of earlier attempts. */
  readonly retry: number
  readonly span: SpanId
  /** Number of the last log row of the run before it began. */
  readonly logsAfter: number
}

interface Running extends LaneTest {
  readonly open: OpenSpan<'test'>
  readonly touched: Set<string>
}

/** The tests that clients of a lane's Control API begin and end: one at a time, as they all change the same services. */
export class LaneTests {
  readonly #engine: RunEngine
  readonly #lane: Lane
  readonly #attempts = new Map<string, number>()
  readonly #ended = new Map<string, TestEnd>()
  #running: Running | undefined

  constructor(engine: RunEngine, lane: Lane) {
    this.#engine = engine
    this.#lane = lane
  }

  get running(): LaneTest | undefined {
    return this.#running
  }

  /** Returns the running test; notes that it uses a service. */
  current(service: string | undefined): LaneTest | undefined {
    if (service !== undefined) this.#running?.touched.add(service)
    return this.#running
  }

  /** Begins a test. Throws `LANE_BUSY` while another one runs. */
  begin({ file, titlePath, project = '', retry }: TestBegin): LaneTest {
    if (this.#running !== undefined) throw busy(this.#lane.name, this.#running)
    const { record } = this.#engine.context
    const id = testIdOf([project, file, ...titlePath])
    const attempt = retry ?? (this.#attempts.get(id) ?? -1) + 1
    this.#attempts.set(id, attempt)
    const test = `${id}#${attempt}`
    const facts = { id, retry: attempt, file, titlePath }
    const open = record.events.span('test', { x: test, l: this.#lane.name, ...facts })
    this.#running = {
      ...{ id: `${id}-${attempt}`, test, file, titlePath, retry: attempt },
      ...{ span: open.id, logsAfter: record.lastRow, open, touched: new Set() },
    }
    this.#ended.delete(this.#running.id)
    this.#lane.group.members.test = test
    return this.#running
  }

  /** Ends a test; a second call is a no-op that returns how it ended. Throws 404 for an unknown one. */
  end(id: string, result: TestEnd): TestEnd {
    const ended = this.#ended.get(id)
    if (ended !== undefined) return ended
    if (this.#running?.id !== id) throw unknown(id, this.#running)
    const { open, touched } = this.#running
    this.#running = undefined
    this.#ended.set(id, result)
    this.#lane.group.members.test = undefined
    const { status, error } = result
    open.end({ status, ...(error === undefined ? {} : { error }), touched: [...touched] })
    return result
  }

  /** Ends the test that runs as a failed one. */
  abandon(error: string): void {
    if (this.#running !== undefined) this.end(this.#running.id, { status: 'failed', error })
  }
}

// ---

const busy = (lane: string, { id, file, titlePath }: LaneTest) =>
  new MesocosmError({
    code: 'LANE_BUSY',
    message: `the test "${titlePath.join(' › ')}" runs in lane ${lane} already`,
    remedy: `end it first: PATCH /v1/tests/${id}; tests that run at the same time need a lane each`,
    facts: { lane, test: id, file, titlePath },
  })

const unknown = (id: string, running: LaneTest | undefined) =>
  new RequestError(404, {
    code: 'REQUEST_UNKNOWN',
    message: `there is no test ${id} in this lane`,
    remedy: 'use the id that POST /v1/tests returned',
    facts: { test: id, ...(running === undefined ? {} : { running: running.id }) },
  })
