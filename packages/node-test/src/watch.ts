import type { TestContext } from 'node:test'
import type { AnyTopology, LedgerTest, TestLedger } from 'mesocosm/runner'
import { type EndedTest, failureOf, outcomeOf, type Progress, titlesOf } from './outcome.ts'

/** A test that has begun. */
export interface Watched extends LedgerTest {
  readonly t: TestContext
  readonly progress: Progress
}

/** The tests of this process that have begun. */
export interface Watch {
  /** Notes a test that begins; the same again for the same context. */
  see(t: TestContext): Watched
  /** Ends the use of the lane by tests that could not end it: after a failing hook Node calls no others. */
  leaveEnded(): Promise<void>
  /** Returns the innermost test around a subtest that `accepts` is true for; the test itself if there is none. */
  around(t: TestContext, accepts: (test: Watched) => boolean): Watched
  /** Whether a test within this suite has begun. */
  hasBegunIn(suite: string, file: string): boolean
}

/** Creates the watch of a ledger. Tests leave the ledger when all their hooks have run. */
export const createWatch = (ledger: TestLedger<AnyTopology>): Watch => {
  const tests = new Map<TestContext, Watched>()
  const ended = new Set<TestContext>()
  const left = new WeakSet<TestContext>()
  const begun: { readonly file: string; readonly title: string }[] = []
  return {
    see(t) {
      const known = tests.get(t)
      if (known !== undefined) return known
      const progress = progressOf(t)
      const file = t.filePath ?? process.argv[1] ?? ''
      const test = {
        file,
        titlePath: titlesOf(t),
        retry: t.attempt ?? 0,
        // Node does not tell a test whether others run at the same time.
        concurrent: true,
      }
      const watched: Watched = {
        t,
        progress,
        test,
        outcome: () => outcomeOf(endedTest(t), progress),
      }
      tests.set(t, watched)
      begun.push({ file, title: t.fullName })
      ledger.see(t, watched)
      afterOthers(t, async () => {
        if (progress.inLane) await ledger.leave(t, failureOf(endedTest(t)))
        left.add(t)
      })
      t.signal.addEventListener('abort', () => {
        progress.endedAt = Date.now()
        tests.delete(t)
        if (progress.inLane) ended.add(t)
      })
      return watched
    },
    async leaveEnded() {
      const late = [...ended].filter((t) => !left.has(t))
      ended.clear()
      for (const t of late) await ledger.leave(t)
    },
    around(t, accepts) {
      const { fullName } = t
      const outer = [...tests.values()].filter(
        (test) => fullName.startsWith(`${test.t.fullName} > `) && accepts(test),
      )
      return outer.at(-1) ?? this.see(t)
    },
    hasBegunIn: (suite, file) =>
      begun.some((test) => test.file === file && test.title.startsWith(`${suite} > `)),
  }
}

// ---

/** The types of Node lack some of it. */
const endedTest = (t: TestContext) => t as unknown as EndedTest

/** Node passes what a test says about itself to reporters only. */
const progressOf = (t: TestContext): Progress => {
  const progress: Progress = {
    inLane: false,
    endedAt: undefined,
    skipped: undefined,
    todo: undefined,
  }
  const { skip, todo } = t
  t.skip = (message) => {
    progress.skipped = message ?? ''
    skip.call(t, message)
  }
  t.todo = (message) => {
    progress.todo = message ?? ''
    todo.call(t, message)
  }
  return progress
}

/** Runs after the `after` hooks that the test adds while it runs: Node takes hooks that are added meanwhile, too. */
const afterOthers = (t: TestContext, fn: () => Promise<void>) => t.after(() => t.after(fn))
