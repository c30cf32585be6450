import type { OpenLane } from '../client/open-lane.ts'
import type { BaseHandle } from '../define/handle.ts'
import type { AnyTopology } from '../define/topology.ts'

/** What a runner tells of the test that begins. */
export interface TestFacts {
  /** Stable over edits: project, file and titles, not an index. */
  readonly id: string
  /** 0 for the first try. */
  readonly retry: number
  readonly file: string
  readonly titlePath: readonly string[]
}

export interface TestResult {
  readonly status: 'passed' | 'failed' | 'skipped'
  readonly error?: string
}

/** One test's time on a lane: from a lane in declared state to the record of how it went. */
export interface TestScope {
  /** The test uses this service: its last lines are shown if the test fails. */
  touch(service: string): void
  /** Last log lines of the touched services since the test began, each with its service's name; made for the end of an error. */
  lastLogs(): string[]
  end(result: TestResult): void
}

const shownLines = 10

/**
 * Begins a test on a leased lane: resets what the test before left, marks the logs, opens the test's span.
 * A retry gets everything anew.
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
  const test = `${facts.id}#${facts.retry}`
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
      record.test = undefined
      record.stack.length = 0
    },
  }
}
