import { openTestRecord } from '../client/record/test-record.ts'
import { acquireSession } from '../client/session/session-pool.ts'
import { projectRoot } from '../disk/project-root.ts'
import type { RunnerTest, TestTimes } from './session.ts'
import { factsOf } from './test-facts.ts'
import { announceTest, type TestResult } from './test-scope.ts'

/** The record of a run, for what workers of a runner do not see. */
export interface RunRecord extends Disposable {
  /** Records a test that no worker has recorded, such as one that was skipped. */
  recordTest(test: RunnerTest, result: TestResult, times?: TestTimes): void
  /** Closes the connection, which ends the run if it was the last one. */
  [Symbol.dispose](): void
}

/**
 * Connects to the run of a project, and keeps it: services stay warm while the runner replaces a worker. For reporters
 * and other code in the main process of a runner, whose workers use the same run.
 *
 * @param options.root folder of the topology: `topology.root`.
 * @param options.client name of the runner, for `mesocosm ps`.
 */
export const openRunRecord = async ({
  root,
  client,
}: {
  readonly root: string
  readonly client: string
}): Promise<RunRecord> => {
  const { session, release } = await acquireSession(projectRoot(root), client)
  const record = openTestRecord(session.facts)
  return {
    recordTest: (test, result, times) =>
      announceTest(record, factsOf(projectRoot(root), test), times?.from).end(result, times?.to),
    [Symbol.dispose]() {
      record[Symbol.dispose]()
      release()
    },
  }
}
