import type { OpenLane } from '../client/lane/open-lane.ts'
import type { TestRecord } from '../client/record/test-record.ts'
import type { BaseHandle } from '../define/handle.ts'
import type { AnyTopology } from '../define/topology.ts'
import { messageOf } from '../errors/unknown-error.ts'
import { now } from '../trace/event/clock.ts'
import type { OpenSpan } from '../trace/write/event-file.ts'
import { errorLines } from './error-lines.ts'

/** What a runner knows about a test that begins. */
export interface TestFacts {
  /** Identity that survives edits: project, file and titles, not an index. */
  readonly id: string
  /** Number of earlier attempts; 0 for the first. */
  readonly retry: number
  /** Number of the repetition; absent for the first. */
  readonly repeat?: number
  /** Path of the test file. */
  readonly file: string
  /** Line of its declaration, from 1; absent if the runner does not say it. */
  readonly line?: number
  /** Titles of the enclosing suites, outermost first, then the test's own. */
  readonly titlePath: readonly string[]
}

/** How a test ended. */
export interface TestResult {
  /** Outcome. */
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Message of the failure, or why the test was skipped; absent otherwise. */
  readonly error?: string
  /** Frames of the failure, a line each; absent if they are not known. */
  readonly stack?: string
}

/** A running test on a lane. */
export interface TestScope {
  /** Notes that the test uses a service, so that `lastLogs` includes it. */
  touch(service: string): void
  /** Returns the last 10 log lines of each touched service since the test began, as `<service> | <line>`. */
  lastLogs(): string[]
  /**
   * Returns the last errors that services of the lane logged since the test began, with their stack traces, as
   * `<service> | <line>`: those of touched services first. Of servers that lanes share only touched ones count.
   */
  errorLogs(): string[]
  /** Writes the result to the record and ends the test's span. */
  end(result: TestResult): void
}

/** A test that was announced, and gets its lane later, or never. */
export interface AnnouncedTest extends TestScope {
  /** `<id>#<attempt>`. */
  readonly test: string
  /** Resets the lane to this level, unless it is `undefined`, and clears the logs. */
  enter<T extends AnyTopology>(open: OpenLane<T>, reset: LaneReset | undefined): Promise<void>
  /** @param at when the test ended, milliseconds since 1970; default now. */
  end(result: TestResult, at?: number): void
}

/** A reset of a lane before a test. */
export interface LaneReset {
  readonly level: 'light' | 'deep'
  readonly timeoutMs?: number
  /** Ends the reset half-way; only a deep one helps then. */
  readonly signal?: AbortSignal
}

const shownLines = 10

/**
 * Announces a test to the record. Its span is written with the name of its lane, so not before the lane is known.
 *
 * @param began milliseconds since 1970; default now.
 */
export const announceTest = (
  record: Pick<TestRecord, 'events'>,
  facts: TestFacts,
  began: number = now(),
): AnnouncedTest => {
  const test = attemptOf(facts)
  const touched = new Set<string>()
  let lane: OpenLane<AnyTopology> | undefined
  let span: OpenSpan<'test'> | undefined
  const opened = () => {
    const where = lane === undefined ? {} : { l: lane.link.name }
    span ??= record.events.span('test', { x: test, ...where, ...facts }, began)
    return span
  }
  /** Of declared services, and of those that were added. */
  const handles = () =>
    ({ ...lane?.lane.services, ...Object.fromEntries(lane?.link.added ?? []) }) as Readonly<
      Record<string, BaseHandle<never>>
    >
  const linesOf = (service: string) => handles()[service]?.logs.lines() ?? []
  /** What other lanes make a shared server log says nothing about this test. */
  const isOwn = (service: string) => lane?.link.view(service)?.logLane === lane?.link.name
  return {
    test,
    async enter(open, reset) {
      lane = open as unknown as OpenLane<AnyTopology>
      open.link.record.test = test
      opened()
      // A reset records what came since the test before, and then it is gone.
      if (reset !== undefined) await open.lane.reset(reset)
      else await open.link.captures.collect()
      open.link.captures.test = test
      // What the reset did is not the test's doing.
      open.link.record.calls.forget(test)
      // A later test may have begun while this one was reset.
      if (open.link.record.test !== test) return
      for (const handle of Object.values(handles())) handle.logs.clear()
    },
    touch: (service) => void touched.add(service),
    lastLogs: () =>
      [...touched].flatMap((service) =>
        linesOf(service)
          .slice(-shownLines)
          .map(({ text }) => `${service} | ${text}`),
      ),
    errorLogs() {
      const others = Object.keys(handles()).filter((name) => !touched.has(name) && isOwn(name))
      return [...touched, ...others].flatMap((service) =>
        errorLines(linesOf(service)).map((line) => `${service} | ${line}`),
      )
    },
    end(result, at) {
      opened().end({ ...result, touched: [...touched] }, at)
      // Of a test that ended long ago, the next one may have begun.
      const laneRecord = lane?.link.record
      if (laneRecord?.test === test) laneRecord.test = undefined
    },
  }
}

/**
 * Begins a test on a leased lane: opens the test's span, resets the lane unless the test is the first, clears the logs.
 * A retry gets a deep reset.
 */
export const beginTest = async <T extends AnyTopology>(
  open: OpenLane<T>,
  facts: TestFacts,
  { first }: { readonly first: boolean },
): Promise<TestScope> => {
  const announced = announceTest(open.link.record, facts)
  const retry = facts.retry > 0
  try {
    await announced.enter(open, retry ? { level: 'deep' } : first ? undefined : { level: 'light' })
  } catch (error) {
    // A test that could not begin is in the record, as failed.
    announced.end({ status: 'failed', error: messageOf(error) })
    throw error
  }
  return announced
}

// ---

const attemptOf = ({ id, retry }: TestFacts): string => `${id}#${retry}`
