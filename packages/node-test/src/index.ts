import { after, beforeEach, test as nodeTest } from 'node:test'
import {
  type AnyTopology,
  createTestLedger,
  isDebugging,
  type LaneOptions,
  openRunnerSession,
  timerLimit,
} from 'mesocosm/runner'
import { createDeclarations } from './declarations.ts'
import { createFixtures } from './fixtures.ts'
import { readTestFlags } from './flags.ts'
import { createHooks } from './hooks.ts'
import { endWithRunner } from './orphan.ts'
import { createTestFunction } from './test-function.ts'
import type { TopologyTest } from './test-types.ts'
import { createWatch } from './watch.ts'

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
   * the `timeout` of every test and hook without one, unless Node runs with `--test-timeout`. It also limits the lease of a
   * lane and each reset, whatever time limit a test has of its own.
   */
  readonly timeoutMs?: number
}

/**
 * Returns a `test` of `node:test` that passes the services of a topology to its function. A service is started when a
 * test first asks for it, with all it needs; between tests the lane is reset to what was declared, including its data. A
 * failing test's error ends with the last log lines of the services it used.
 *
 * Lanes are leased by worker slot: test files that run in parallel never share one. Tests that run at the same time
 * within a file need `lane: 'test'`.
 *
 * @example
 * export const { test, it } = createTest(topology)
 * test('sign-up is closed', async ({ api, t }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  options: CreateTestOptions = {},
): TopologyTest<T> => {
  const session = openRunnerSession<AnyTopology>(topology, { ...options, client: 'node-test' })
  const ledger = createTestLedger(session)
  const watch = createWatch(ledger)
  const declarations = createDeclarations()
  const fixtures = createFixtures(session.services, ledger, watch)
  const timeout = timeoutOf(options)
  endWithRunner()
  const used = new Set<string>()
  const prepareImages = async () => {
    const services = [...used]
    used.clear()
    await session.prepareImages(services as never[])
  }
  beforeEach(async (context) => {
    await watch.leaveEnded()
    watch.see(context as never)
    // The time limit of a test begins after its hooks.
    await prepareImages()
  })
  after(async (context) => {
    const close = async () => {
      await watch.leaveEnded()
      for (const [key, test] of declarations.neverBegun(watch)) ledger.see(key, test)
      await ledger.close()
    }
    // Other hooks of the file may use the lane: this one runs last.
    if (context !== undefined && 'after' in context) (context as unknown as Afterwards).after(close)
    else await close()
  })
  const onUse = (name: string) => used.add(name)
  const parts = {
    fixtures,
    declarations,
    watch,
    timeout,
    isLimited: !isDebugging(),
    onUse,
    prepareImages,
  }
  const test = createTestFunction(nodeTest, parts)
  Object.assign(test, createHooks(parts))
  return { test, it: test } as unknown as TopologyTest<T>
}

// ---

interface Afterwards {
  after(fn: () => Promise<void>): void
}

/** `--test-timeout` is a decision of the user about all tests. */
const timeoutOf = ({ timeoutMs = 120_000 }: CreateTestOptions): number | undefined => {
  // Node takes `Infinity` for no limit of its own, and keeps that of `--test-timeout`.
  if (isDebugging()) return timerLimit(0)
  if (readTestFlags().hasTimeout) return undefined
  return timeoutMs === 0 ? Number.POSITIVE_INFINITY : timeoutMs
}
