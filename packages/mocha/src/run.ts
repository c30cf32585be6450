import {
  type AnyTopology,
  type LedgerTest,
  onDebuggerPause,
  type RunnerSession,
  type TestLedger,
} from 'mesocosm/runner'
import type { Context, Hook, Suite, Test } from 'mocha'
import {
  failedHooks,
  failureOf,
  outcomeOf,
  type Progress,
  skippedOutcome,
  testOf,
} from './outcome.ts'

/** An attempt of a test that Mocha runs. */
export interface RunningTest extends LedgerTest {
  readonly key: Test
  readonly progress: Progress
}

/** What Mocha runs in this process, or for this file of a worker. */
export interface Run {
  /** Follows the tests around what was declared: each root suite once. */
  follow(declared: Test | Hook | Suite): void
  /** Notes services that tests or hooks of a file ask for. */
  wants(file: string | undefined, services: readonly string[]): void
  /** Pulls or builds the images of the services that a file asks for. */
  prepareImages(file: string | undefined): Promise<void>
  /** Returns the attempt of a test. */
  attemptOf(test: Test): RunningTest
}

/** Creates the run of a ledger. */
export const createRun = (
  session: Pick<RunnerSession<AnyTopology>, 'prepareImages'>,
  ledger: TestLedger<AnyTopology>,
): Run => {
  const attempts = new WeakMap<Test, RunningTest>()
  const known = new WeakSet<Test>()
  const attributed = new WeakSet<Hook>()
  const wanted = new Map<string | undefined, Set<string>>()
  let last: RunningTest | undefined

  const attemptOf = (test: Test): RunningTest => {
    const found = attempts.get(test)
    if (found !== undefined) return found
    const progress: Progress = {}
    const attempt = {
      key: test,
      progress,
      test: testOf(test),
      outcome: () => outcomeOf(test, progress),
    }
    attempts.set(test, attempt)
    return attempt
  }

  /** Notes how the last test ended: only then all its hooks have run. */
  const endLast = async () => {
    if (last === undefined) return
    const { key, progress } = last
    const hook = failedHooks(key).find((failed) => !attributed.has(failed))
    if (hook !== undefined) {
      attributed.add(hook)
      progress.failedHook = hook
    }
    progress.endedAt ??= Date.now()
    await ledger.leave(key, progress.thrown === undefined ? failureOf(key) : undefined)
  }

  const endFile = (root: Suite, file: string | undefined) =>
    root.eachTest((test) => {
      if (test.file !== file || known.has(test)) return
      known.add(test)
      ledger.see(test, { test: testOf(test), outcome: () => skippedOutcome(test) })
    })

  const begin = async (root: Suite, test: Test) => {
    await endLast()
    if (last !== undefined && last.key.file !== test.file) endFile(root, last.key.file)
    last = attemptOf(test)
    known.add(test)
    known.add(originalOf(test))
    ledger.see(test, last)
    await prepareImages(test.file)
  }

  const close = async (root: Suite, watch: Disposable) => {
    watch[Symbol.dispose]()
    await endLast()
    const ended = last
    last = undefined
    if (ended !== undefined) endFile(root, ended.key.file)
    await ledger.close()
  }

  const prepareImages = async (file: string | undefined) => {
    const services = [...(wanted.get(file) ?? [])]
    wanted.delete(file)
    await session.prepareImages(services as never[])
  }

  const followed = new WeakSet<Suite>()
  return {
    follow(declared) {
      const root = rootOf(declared)
      if (followed.has(root)) return
      followed.add(root)
      let armed = false
      // A debugger can be attached to a service at any time. Mocha's timer starts again with each limit that is set.
      const watch = onDebuggerPause(() => {
        if (last?.progress.endedAt === undefined) last?.key.timeout(0)
      })
      root.beforeAll(
        unlimited(function arm() {
          armed = true
          // Hooks run in the order in which they were added: these run after those of the files.
          root.afterEach(
            unlimited(async function leave() {
              const test = this.currentTest
              if (test === undefined) return
              const { progress } = attemptOf(test)
              progress.endedAt = Date.now()
              await ledger.leave(test, progress.thrown === undefined ? failureOf(test) : undefined)
            }),
          )
          root.afterAll(unlimited(() => close(root, watch)))
        }),
      )
      root.beforeEach(
        unlimited(async function see() {
          if (this.currentTest !== undefined) await begin(root, this.currentTest)
        }),
      )
      // Not armed if a hook before it failed.
      root.afterAll(
        unlimited(async () => {
          if (!armed) await close(root, watch)
        }),
      )
    },
    wants(file, services) {
      const all = wanted.get(file) ?? new Set()
      for (const service of services) all.add(service)
      wanted.set(file, all)
    },
    prepareImages,
    attemptOf,
  }
}

// ---

type Listener = (this: Context) => void | Promise<void>

/** These hooks have limits of their own. */
const unlimited = (fn: Listener): Listener =>
  function mesocosm() {
    this.timeout(0)
    return fn.call(this)
  }

const rootOf = (declared: Test | Hook | Suite): Suite => {
  let suite = 'suites' in declared ? declared : (declared.parent as Suite)
  while (suite.parent !== undefined) suite = suite.parent
  return suite
}

/** The test that an attempt after the first is a copy of. */
const originalOf = (test: Test): Test =>
  (test as unknown as { retriedTest(): Test | undefined }).retriedTest() ?? test
