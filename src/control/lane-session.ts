import type { Call } from '../call/call.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import type { ServiceCommands } from '../model/service-commands.ts'
import { traceparentOf } from '../trace/event/trace-context.ts'
import type { Redactor } from '../trace/write/redact.ts'
import { type Act, LaneCalls } from './lane-calls.ts'
import { type LaneTest, LaneTests } from './lane-tests.ts'
import { LogSource, type LogStart, type WatchLog } from './log-source.ts'
import type { LaneAnswer, ServiceAnswer, TestAnswer } from './schema/views.ts'

/** What the routes of a lane's Control API work with. */
export interface SessionOptions {
  readonly engine: RunEngine
  readonly lane: Lane
  readonly redactor: Redactor
  readonly watchLog: WatchLog
  /** Named commands by service. */
  readonly commands: Readonly<Record<string, ServiceCommands>>
}

/** One lane, as the routes of its Control API see it. */
export class LaneSession {
  readonly engine: RunEngine
  readonly lane: Lane
  readonly redactor: Redactor
  readonly tests: LaneTests
  readonly calls: LaneCalls
  readonly commands: SessionOptions['commands']
  readonly #watchLog: WatchLog

  constructor({ engine, lane, redactor, watchLog, commands }: SessionOptions) {
    this.engine = engine
    this.lane = lane
    this.redactor = redactor
    this.commands = commands
    this.#watchLog = watchLog
    this.tests = new LaneTests(engine, lane)
    this.calls = new LaneCalls(engine, lane, this.tests)
  }

  /** Runs work as a call of the record; see {@link LaneCalls.act}. */
  act<T>(act: Act, signal: AbortSignal, work: (call: Call) => Promise<T>): Promise<T> {
    return this.calls.act(act, signal, work)
  }

  /** Returns a service as the API shows it. Throws `SERVICE_UNKNOWN`. */
  service(name: string): ServiceAnswer {
    const { logLane: _, logName: __, container: ___, ...view } = this.lane.viewOf(name)
    return { ...view, networkOutputs: this.lane.outputsInside(name) }
  }

  /** Returns the lane as the API shows it. */
  view(): LaneAnswer {
    const { record, run } = this.engine.context
    const test = this.tests.running
    return {
      lane: this.lane.name,
      topology: this.lane.topology,
      run,
      mark: record.lastRow,
      ...(test === undefined ? {} : { test: testAnswerOf(test) }),
      services: this.lane.view().map(({ name }) => this.service(name)),
    }
  }

  /** Returns the log of a service from `since`: a mark, a time, or the start of the test or lease. */
  logs(service: string, since: number | string | undefined): LogSource {
    // Throws for an unknown service.
    this.lane.logOf(service)
    const start = this.#startOf(since)
    return new LogSource(this.engine, this.lane, { service, start, watch: this.#watchLog })
  }

  // ---

  #startOf(since: number | string | undefined): LogStart {
    const { logsAfter } = this.lane
    if (since === undefined) return { after: this.tests.running?.logsAfter ?? logsAfter }
    if (/^\d{1,15}$/.test(String(since))) return { after: Math.max(Number(since), logsAfter) }
    return { after: logsAfter, time: Date.parse(String(since)) }
  }
}

/** Returns a test as the API shows it. */
export const testAnswerOf = ({
  id,
  test,
  file,
  titlePath,
  retry,
  span,
  logsAfter,
}: LaneTest): TestAnswer => ({
  ...{ id, test, file, titlePath, retry },
  traceparent: traceparentOf(test, span),
  mark: logsAfter,
})
