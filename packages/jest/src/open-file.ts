import { expect } from '@jest/globals'
import type {
  AnyTopology,
  Lane,
  RunnerFile,
  RunnerSession,
  RunnerTest,
  TestAttempt,
  TestResult,
  TestTimes,
} from 'mesocosm/runner'
import { type CircusState, type CircusTest, onCircusEvent, testsIn, titlesOf } from './circus.ts'
import { failureOf, resultOf } from './outcome.ts'
import { watchParent } from './watch-parent.ts'

/** The test file that runs. */
export interface OpenFile {
  /** Begins the attempt that runs now, unless it has begun, and waits for its lane. */
  begin(): Promise<TestAttempt<AnyTopology>>
  /** Starts services for a hook before all tests. */
  prepare(services: readonly string[]): Promise<Lane<AnyTopology>>
  /** Returns the lane of the file. */
  lane(): Promise<Lane<AnyTopology>>
}

/**
 * Follows the tests of this file. Results are recorded as Jest decides them: after the last hook of a test. The lane is
 * given back when all hooks have run.
 */
export const openFile = (session: RunnerSession<AnyTopology>): OpenFile => {
  let opening: Promise<RunnerFile<AnyTopology>> | undefined
  let unwatch = () => {}
  let current: CircusTest | undefined
  const begun = new Map<CircusTest, Begun>()
  const ended: Ended[] = []
  const open = () => {
    if (opening === undefined) unwatch = watchParent()
    opening ??= session.openFile()
    return opening
  }

  const end = async (test: CircusTest) => {
    const attempt = begun.get(test)
    begun.delete(test)
    const failure = failureOf(test)
    try {
      await attempt?.made?.leave(failure)
    } finally {
      const result = resultOf(test)
      if (attempt?.made === undefined)
        ended.push({ test: testOf(test), of: test, result, times: timesOf(test) })
      else attempt.made.end(result)
    }
  }

  const finish = async ({ rootDescribeBlock }: CircusState) => {
    // A file that used no service has no record.
    const file = await opening
    unwatch()
    if (file === undefined) return
    try {
      for (const { test, of, result, times } of ended)
        if (claim(of, test.retry ?? 0)) file.recordTest(test, result, times)
      for (const test of testsIn(rootDescribeBlock))
        if (claimed.get(test) === undefined && claim(test, 0))
          file.recordTest(testOf(test), {
            status: 'skipped',
            ...(test.mode === 'todo' ? { error: 'todo' } : {}),
          })
    } finally {
      await file.release()
    }
  }

  onCircusEvent(({ name, test }, state) => {
    if (name === 'test_start') current = test
    if (name === 'test_done' && test !== undefined) return end(test)
    if (name === 'run_finish') return finish(state)
  })

  const announce = async (test: CircusTest, mine: Begun) => {
    const file = await open()
    // It ended while the file was opened.
    if (begun.get(test) !== mine) throw new Error('the test has ended')
    mine.made = file.announce(testOf(test))
    claim(test, (test.invocations || 1) - 1)
    await mine.made.ready()
    return mine.made
  }

  return {
    begin() {
      const test = running() ?? current
      if (test === undefined) throw new Error('no test is running')
      const known = begun.get(test)
      if (known?.ready !== undefined) return known.ready
      const mine: Begun = {}
      begun.set(test, mine)
      mine.ready = announce(test, mine)
      return mine.ready
    },
    prepare: async (services) => (await open()).prepare(services as never[]),
    lane: async () => (await open()).lane,
  }
}

// ---

interface Begun {
  made?: TestAttempt<AnyTopology>
  ready?: Promise<TestAttempt<AnyTopology>>
}

interface Ended {
  readonly of: CircusTest
  readonly test: RunnerTest
  readonly result: TestResult
  readonly times: TestTimes | undefined
}

/** Attempts that are in a record: a file can use several topologies, and each of them sees all its tests. */
const claimed = new WeakMap<CircusTest, Set<number>>()

/** Returns whether this attempt is not in a record yet; from now on it is. */
const claim = (test: CircusTest, index: number): boolean => {
  const indices = claimed.get(test) ?? new Set()
  claimed.set(test, indices)
  return !indices.has(index) && indices.add(index).has(index)
}

/** The test that the caller belongs to, also among concurrent ones; `undefined` in versions of Jest that do not say. */
const running = (): CircusTest | undefined => {
  const { currentTestIdentity } = expect.getState() as { currentTestIdentity?: () => unknown }
  return currentTestIdentity?.() as CircusTest | undefined
}

const testOf = (test: CircusTest): RunnerTest => ({
  file: expect.getState().testPath ?? '',
  titlePath: titlesOf(test),
  retry: Math.max(0, test.invocations - 1),
  concurrent: test.concurrent,
})

const timesOf = ({ startedAt }: CircusTest): TestTimes | undefined =>
  startedAt == null ? undefined : { from: startedAt, to: Date.now() }
