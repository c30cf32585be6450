import type { OpenLane } from '../client/lane/open-lane.ts'
import type { BaseHandle } from '../define/handle.ts'
import type { AnyTopology } from '../define/topology.ts'

/** What a runner knows about a test that begins. */
export interface TestFacts {
  /** Identity that survives edits: project, file and titles, not an index. */
  readonly id: string
  /** Number of earlier attempts; 0 for the first. */
  readonly retry: number
  /** Path of the test file. */
  readonly file: string
  /** Titles of the enclosing suites, outermost first, then the test's own. */
  readonly titlePath: readonly string[]
}

/** How a test ended. */
export interface TestResult {
  /** Outcome. */
  readonly status: 'passed' | 'failed' | 'skipped'
  /** Message of the failure; absent otherwise. */
  readonly error?: string
}

/** A running test on a lane. */
export interface TestScope {
  /** Notes that the test uses a service, so that `lastLogs` includes it. */
  touch(service: string): void
  /** Returns the last 10 log lines of each touched service since the test began, as `<service> | <line>`. */
  lastLogs(): string[]
  /** Writes the result to the record and ends the test's span. */
  end(result: TestResult): void
}

const shownLines = 10

/**
 * Begins a test on a leased lane: resets the lane unless the test is the first, clears the logs and opens the test's span.
 * A retry gets a deep reset.
 */
export const beginTest = async <T extends AnyTopology>(
  { lane, link }: OpenLane<T>,
  facts: TestFacts,
  options: { readonly first: boolean },
): Promise<TestScope> => {
  if (facts.retry > 0) await lane.reset({ level: 'deep' })
  else if (!options.first) await lane.reset()
  const handles = lane.services as Readonly<Record<string, BaseHandle<never>>>
  for (const handle of Object.values(handles)) handle.logs.clear()
  const { record } = link
  const test = attemptOf(facts)
  record.test = test
  const span = record.events.span('test', { x: test, l: link.name, ...facts })
  const touched = new Set<string>()
  return {
    touch: (service) => void touched.add(service),
    lastLogs: () =>
      [...touched].flatMap((service) =>
        (handles[service]?.logs.lines() ?? [])
          .slice(-shownLines)
          .map(({ text }) => `${service} | ${text}`),
      ),
    end(result) {
      span.end({ ...result, touched: [...touched] })
      // Of a test that ended long ago, the next one may have begun.
      if (record.test !== test) return
      record.test = undefined
    },
  }
}

/** Records a test that was skipped without being begun. */
export const recordSkipped = <T extends AnyTopology>(
  { link }: OpenLane<T>,
  facts: TestFacts,
): void => {
  const { events } = link.record
  const span = events.span('test', { x: attemptOf(facts), l: link.name, ...facts })
  span.end({ status: 'skipped', touched: [] })
}

// ---

const attemptOf = ({ id, retry }: TestFacts): string => `${id}#${retry}`
