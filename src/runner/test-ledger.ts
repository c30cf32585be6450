import type { Lane } from '../define/lane.ts'
import type { AnyTopology, ServiceName } from '../define/topology.ts'
import { createFileTurns, type FileTurns } from './file-turns.ts'
import { endedEarly, notLeased } from './refusals.ts'
import type { RunnerFile, RunnerSession, RunnerTest, TestAttempt } from './session.ts'
import type { TestResult } from './test-scope.ts'

/** A test as its runner knows it. */
export interface LedgerTest {
  /** Its identity. */
  readonly test: RunnerTest
  /** Returns how it ended; `undefined` while it runs, or if it never ran. Asked again until its file ends. */
  outcome(): LedgerOutcome | undefined
}

/** How a test of a ledger ended. */
export interface LedgerOutcome {
  /** Its result. */
  readonly result: TestResult
  /** When it ended, milliseconds since 1970; default now. */
  readonly to?: number | undefined
}

/**
 * The tests of one process, for runners that know how a test ended only after its hooks, and may run several files in
 * one process. Each test has a key: an object of the runner that lives as long as the test.
 */
export interface TestLedger<T extends AnyTopology> {
  /** Notes a test that began, or never will. It is in the record if a test of its file uses the topology. */
  see(key: object, test: LedgerTest): void
  /**
   * Leases or resets the lane for a test; the same again for the same key. The first test of another file gives the
   * lane of the last file back.
   *
   * @throws {MesocosmError} what `ready` of an attempt can throw.
   */
  begin(key: object, test: LedgerTest): Promise<TestAttempt<T>>
  /** Appends the last log lines of the services that a test used to its error. A no-op if it did not begin. */
  explain(key: object, error: unknown): void
  /** Ends a test's use of the lane, and appends to its error what explains it. A no-op if it did not begin. */
  leave(key: object, error?: unknown): Promise<void>
  /**
   * Starts services for code that runs before tests; later resets restore what that code leaves.
   *
   * @param file path of the test file; `undefined` for all files of the process.
   * @throws {MesocosmError} what `prepare` of a file can throw.
   */
  prepare(file: string | undefined, services: readonly ServiceName<T>[]): Promise<Lane<T>>
  /** The lane of the file that runs. Throws `LANE_RELEASED` before the first test or `prepare`. */
  readonly lane: Lane<T>
  /** Records how all tests ended, and gives the lane back. The next `begin` starts again. */
  close(): Promise<void>
}

/**
 * Creates the ledger of a session. Nothing is connected before the first `begin` or `prepare`.
 *
 * @param turns who else runs tests in this process; default every ledger of the process.
 */
export const createTestLedger = <T extends AnyTopology>(
  session: Pick<RunnerSession<T>, 'openFile'>,
  turns: FileTurns = ofProcess,
): TestLedger<T> => {
  const entries = new Map<object, Entry<T>>()
  const using = new Set<object>()
  const left = new WeakSet<object>()
  let opening: Promise<RunnerFile<T>> | undefined
  let opened: RunnerFile<T> | undefined
  let current: string | undefined
  /** Whether code for all files of the process has prepared the lane. */
  let forAll = false

  const open = async (): Promise<RunnerFile<T>> => {
    opening ??= session.openFile()
    try {
      opened = await opening
      return opened
    } catch (error) {
      // The next test tries again.
      opening = undefined
      throw error
    }
  }

  const record = (runner: RunnerFile<T>, key: object, last: boolean) => {
    const { seen, attempt, from } = entries.get(key) as Entry<T>
    const ended = using.has(key) ? undefined : seen.outcome()
    if (ended === undefined && !last) return
    entries.delete(key)
    if (attempt !== undefined) attempt.end(ended?.result ?? cutShort, ended?.to)
    else if (ended !== undefined && claim(key)) {
      const to = ended.to ?? Date.now()
      runner.recordTest(seen.test, ended.result, { from: Math.min(from, to), to })
    }
  }

  const close = async () => {
    const closing = opening
    opening = undefined
    opened = undefined
    forAll = false
    const runner = await closing
    for (const key of [...entries.keys()])
      if (runner === undefined) entries.delete(key)
      else record(runner, key, true)
    await runner?.release()
  }

  const user = {
    async leaveFile(next: string) {
      if (current === next || using.size > 0 || forAll) return
      // The test that begins may have been seen.
      const own = [...entries].filter(([, { seen }]) => seen.test.file === next)
      for (const [key] of own) entries.delete(key)
      await close()
      for (const [key, entry] of own) entries.set(key, entry)
    },
  }

  const start = async (key: object, seen: LedgerTest) => {
    const from = entries.get(key)?.from ?? Date.now()
    await turns.enter(user, seen.test.file)
    current = seen.test.file
    using.add(key)
    const runner = await open()
    if (left.has(key)) throw endedEarly(seen.test.titlePath.join(' › '))
    for (const other of [...entries.keys()]) record(runner, other, false)
    const attempt = runner.announce(seen.test)
    entries.set(key, { seen, from, attempt })
    claim(key)
    await attempt.ready()
    return attempt
  }

  const starting = new WeakMap<object, Promise<TestAttempt<T>>>()
  return {
    see(key, seen) {
      if (!entries.has(key)) entries.set(key, { seen, from: Date.now(), attempt: undefined })
    },
    begin(key, seen) {
      const begun = starting.get(key) ?? start(key, seen)
      starting.set(key, begun)
      return begun
    },
    explain: (key, error) => entries.get(key)?.attempt?.explain(error),
    async leave(key, error) {
      left.add(key)
      try {
        await entries.get(key)?.attempt?.leave(error)
      } finally {
        using.delete(key)
      }
    },
    async prepare(file, services) {
      if (file !== undefined) {
        await turns.enter(user, file)
        current = file
      } else forAll = true
      const runner = await open()
      return await runner.prepare(services)
    },
    get lane() {
      if (opened === undefined) throw notLeased()
      return opened.lane
    },
    close,
  }
}

// ---

interface Entry<T extends AnyTopology> {
  readonly seen: LedgerTest
  /** When it was seen first, milliseconds since 1970. */
  readonly from: number
  readonly attempt: TestAttempt<T> | undefined
}

const ofProcess = createFileTurns()

/** Tests that are in a record: a file can use several topologies, and each of them sees all its tests. */
const claimed = new WeakSet<object>()

/** Returns whether this test is not in a record yet; from now on it is. */
const claim = (key: object): boolean => !claimed.has(key) && claimed.add(key).has(key)

const cutShort: TestResult = { status: 'failed', error: 'the run ended before this test did' }
