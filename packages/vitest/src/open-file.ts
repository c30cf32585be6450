import type { AnyTopology, RunnerFile, RunnerSession, TestAttempt } from 'mesocosm/runner'
import { recordFailure } from './artifact.ts'
import {
  type Attempt,
  attemptOf,
  endOf,
  failureOf,
  historyOf,
  lastOf,
  type Task,
  testsOf,
} from './task.ts'

/** A test file while it runs. */
export interface OpenFile {
  readonly runner: RunnerFile<AnyTopology>
  /** Announces the attempt of a test that begins now. */
  begin(task: Task): TestAttempt<AnyTopology>
  /** Ends a test's use of its lane, when its fixtures are cleaned up. */
  leave(task: Task, attempt: TestAttempt<AnyTopology>): Promise<void>
  /** Records how all tests of the file ended, and gives the lane back. A second call is a no-op. */
  close(): Promise<void>
}

/**
 * Opens the file of a session. Results are recorded as Vitest decides them, which is after the last hook of a test:
 * when the next test begins, or the file ends.
 */
export const openFile = async (session: RunnerSession<AnyTopology>): Promise<OpenFile> => {
  const runner = await session.openFile()
  const begun: Begun[] = []
  let file: Task['file'] | undefined
  let closing: Promise<void> | undefined

  const recordEnded = () => {
    for (const { task, attempt, open } of begun.splice(0)) {
      const ended = endOf(task, attempt)
      if (ended === undefined) begun.push({ task, attempt, open })
      else open.end(ended.result, ended.times?.to)
    }
  }

  const recordOthers = () => {
    if (file === undefined) return
    for (const task of testsOf(file))
      for (const { test, ended } of historyOf(task))
        if (claim(task, test.retry ?? 0)) runner.recordTest(test, ended.result, ended.times)
  }

  const close = async () => {
    recordEnded()
    // A test that was cut short, such as by the end of the run.
    for (const { task, open } of begun.splice(0)) open.end(lastOf(task).result)
    recordOthers()
    await runner.release()
  }

  return {
    runner,
    begin(task) {
      recordEnded()
      file = task.file
      const attempt = attemptOf(task)
      const open = runner.announce(attempt.test)
      begun.push({ task, attempt, open })
      claim(task, attempt.index)
      return open
    },
    async leave(task, attempt) {
      await attempt.leave(failureOf(task))
      await recordFailure(task, attempt)
    },
    close() {
      closing ??= close()
      return closing
    },
  }
}

// ---

/** Attempts that are in a record: a file can use several topologies, and each of them sees all its tests. */
const claimed = new WeakMap<Task, Set<number>>()

/** Returns whether this attempt is not in a record yet; from now on it is. */
const claim = (task: Task, index: number): boolean => {
  const indices = claimed.get(task) ?? new Set()
  claimed.set(task, indices)
  return !indices.has(index) && indices.add(index).has(index)
}

interface Begun {
  readonly task: Task
  readonly attempt: Attempt
  readonly open: TestAttempt<AnyTopology>
}
