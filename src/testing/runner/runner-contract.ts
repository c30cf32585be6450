import { beforeAll, describe, expect, type TestContext, test } from 'vitest'
import type { TraceNode } from '../../trace/read/trace.ts'
import type { RunnerClause, RunnerContract } from './contract.ts'
import { playRunner, type RunnerRun, type RunnerStage } from './runner-stage.ts'

/** For both runs of a runner on a busy machine. */
const timeoutMs = 600_000

/**
 * Holds the integration of a test runner to all that its users rely on, on the real engine. To be called in a Vitest
 * file, whatever the runner is:
 *
 * @example
 * runnerContract({
 *   name: 'my-runner',
 *   fileName: (name) => `${name}.test.ts`,
 *   source: (file) => render(file),
 *   run: ({ folder, workers, env }) => runIn(folder, workers, env),
 * })
 */
export const runnerContract = (contract: RunnerContract): void => {
  const made: { stage?: RunnerStage } = {}
  const stage = (): RunnerStage => {
    if (made.stage === undefined) throw new Error('the stage is set before all tests')
    return made.stage
  }
  const clause = (name: RunnerClause, title: string, check: () => void) =>
    test(title, (context: TestContext) => {
      const reason = contract.skip?.[name]
      context.skip(reason !== undefined, reason)
      check()
    })

  describe(`${contract.name} keeps the runner contract`, () => {
    beforeAll(async () => {
      made.stage = await playRunner(contract)
    }, timeoutMs)

    clause('ids', 'tests are recorded with file and titles', () => {
      const { trace } = stage().first
      expect(trace.skipped).toEqual([])
      expect([...new Set(trace.tests.map(placeOf))].sort()).toEqual(
        [
          ['a', 'environment', 'is changed by a test'],
          ['a', 'environment', 'is as declared for the next test'],
          ['a', 'fails'],
          ['a', 'needs what cannot start'],
          ['a', 'is skipped'],
          ['a', 'passes when it is tried again'],
          ['b', 'greets in b'],
        ]
          .map(([file = '', ...titles]) => [contract.fileName(file), ...titles].join(' › '))
          .sort(),
      )
    })

    clause('ids', 'the ids of tests are unique and survive an edit of the file', () => {
      const [before, after] = [idsOf(stage().first), idsOf(stage().second)]
      expect(new Set(before.values()).size).toBe(before.size)
      expect(Object.fromEntries(after)).toMatchObject(Object.fromEntries(before))
      expect(after.size).toBe(before.size + 2)
    })

    clause('outcomes', 'passed, failed and skipped tests are recorded as such', () => {
      const { trace } = stage().first
      // Some runners try all tests of a file as often as one of them.
      const statusOf = (title: string) => [
        ...new Set(
          trace.tests.filter((node) => titleOf(node) === title).map(({ status }) => status),
        ),
      ]
      expect(statusOf('is changed by a test')).toEqual(['passed'])
      expect(statusOf('greets in b')).toEqual(['passed'])
      expect(statusOf('fails')).toEqual(['failed'])
      expect(statusOf('is skipped')).toEqual(['skipped'])
      expect(statusOf('needs what cannot start')).toEqual(['failed'])
      const unstarted = trace.tests.find((node) => titleOf(node) === 'needs what cannot start')
      expect(unstarted?.error?.message).toContain('broken exited with code 3')
      const failed = trace.tests.find((node) => titleOf(node) === 'fails')
      expect(failed?.error?.message).toContain('failed on purpose')
      expect(endOf(failed)?.touched).toEqual(['api'])
    })

    clause('reset', 'a test finds the environment as declared after a test that changed it', () => {
      expect(attemptsOf(stage().first, 'is as declared for the next test')).toEqual([[0, 'passed']])
    })

    clause('retry', 'a retry is an attempt of its own with fresh services', () => {
      expect(attemptsOf(stage().first, 'passes when it is tried again')).toEqual([
        [0, 'failed'],
        [1, 'passed'],
      ])
    })

    clause('explain', 'a failing test ends with the last log lines of the services it used', () => {
      const { output } = stage().first
      expect(output).toMatch(
        /last log lines of the services this test used:\s+api \| [\s\S]*?api \| GET \/last-words/,
      )
    })

    clause('explain', 'it says which errors its services logged, with their stack traces', () => {
      expect(stage().first.output).toMatch(
        /failed on purpose\s+errors that services logged during the test:\s+api \| Error: broke on purpose\s+api \|\s+at /,
      )
    })

    clause('explain', 'it ends with the link to its attempt in the report', () => {
      const { output, trace } = stage().first
      // Some runners try all tests of a file as often as one of them, and print the last failure.
      const failed = trace.tests.findLast((node) => titleOf(node) === 'fails')
      if (failed === undefined) throw new Error('the failed test is not in the record')
      const { id, retry } = startOf(failed)
      expect(output).toMatch(
        new RegExp(
          `trace:\\s+file://\\S+/\\.mesocosm/runs/\\S+/report\\.html#t=${id}&a=${retry + 1}`,
        ),
      )
    })

    clause(
      'slot',
      'a worker slot keeps its lane, and tests at the same time never share one',
      () => {
        const { first, second } = stage()
        expect(lanesOf(first)).toHaveLength(1)
        expect(lanesOf(second).length).toBeLessThanOrEqual(2)
        const tests = second.trace.tests.filter(({ status }) => status !== 'skipped')
        const shared = tests.flatMap((one, at) =>
          tests
            .slice(at + 1)
            .filter(({ lane, start }) => lane === one.lane && start < one.end)
            .map((other) => `${one.name} and ${other.name} in ${one.lane}`),
        )
        expect(shared).toEqual([])
      },
    )
  })
}

// ---

const startOf = ({ events: [event] }: TraceNode) => {
  if (event?.k !== 'test.start') throw new Error('a test begins with its start')
  return event
}

const endOf = (node: TraceNode | undefined) => {
  const event = node?.events[1]
  return event?.k === 'test.end' ? event : undefined
}

const placeOf = (node: TraceNode): string =>
  [startOf(node).file, ...startOf(node).titlePath].join(' › ')

const titleOf = (node: TraceNode) => startOf(node).titlePath.at(-1)

const idsOf = ({ trace }: RunnerRun): Map<string, string> =>
  new Map(trace.tests.map((node) => [placeOf(node), startOf(node).id]))

const attemptsOf = ({ trace }: RunnerRun, title: string) =>
  trace.tests
    .filter((node) => titleOf(node) === title)
    .map((node) => [startOf(node).retry, node.status])

/** Tests that used no service have none. */
const lanesOf = ({ trace }: RunnerRun) => [
  ...new Set(trace.tests.flatMap(({ lane }) => lane ?? [])),
]
