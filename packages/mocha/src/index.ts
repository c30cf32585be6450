import {
  type AnyTopology,
  createTestLedger,
  type LaneOptions,
  openRunnerSession,
} from 'mesocosm/runner'
import { createFixtures } from './fixtures.ts'
import { createHooks } from './hooks.ts'
import { createRun } from './run.ts'
import { createTestFunction } from './test-function.ts'
import type { TopologyTest } from './test-types.ts'

export type {
  Fixtures,
  HookFunction,
  TestDeclaration,
  TestFunction,
  TopologyTest,
  TopologyTestApi,
} from './test-types.ts'

/** Options of {@link createTest}. */
export interface CreateTestOptions extends LaneOptions {
  /**
   * Milliseconds a test may take, including its lane and the start of the services it asks for; default 120 000. It is
   * the time limit of tests and hooks of the topology, unless a longer one, none, or one of their suite is set. It also
   * limits the lease of a lane and each reset, whatever time limit a test has of its own.
   */
  readonly timeoutMs?: number
}

/**
 * Returns a `test` of Mocha that passes the services of a topology to its function. A service is started when a test
 * first asks for it, with all it needs; between tests the lane is reset to what was declared, including its data. A
 * retry gets everything fresh. A failing test's error ends with the last log lines of the services it used.
 *
 * Lanes are leased by worker slot: test files that run in parallel never share one.
 *
 * @example
 * export const { test, it } = createTest(topology)
 * it('closes the sign-up', async ({ api }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  options: CreateTestOptions = {},
): TopologyTest<T> => {
  const session = openRunnerSession<AnyTopology>(topology, { ...options, client: 'mocha' })
  const ledger = createTestLedger(session)
  const run = createRun(session, ledger)
  const fixtures = createFixtures(session.services, ledger, run)
  const parts = { run, fixtures, timeoutMs: options.timeoutMs ?? 120_000 }
  const test = Object.assign(createTestFunction(parts), createHooks(parts))
  return { test, it: test } as unknown as TopologyTest<T>
}
