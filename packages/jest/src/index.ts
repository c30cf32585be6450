import { afterAll, afterEach, test as base, beforeAll, beforeEach, expect } from '@jest/globals'
import {
  type AnyTopology,
  createMatchers,
  fixturesIn,
  fixturesOf,
  type Handles,
  isDebugging,
  type Lane,
  type LaneOptions,
  mentioned,
  openRunnerSession,
  setUpFixtures,
  timerLimit,
} from 'mesocosm/runner'
import { type Bound, bindTest } from './bind-test.ts'
import type { JestTest } from './jest-test.ts'
import './matchers.ts'
import { openFile } from './open-file.ts'
import { written } from './parameters.ts'

export type {
  DeclareHook,
  DeclareTest,
  EachTest,
  FailingMode,
  JestTest,
  TestBody,
  TestMode,
  TestName,
} from './jest-test.ts'

/** Options of {@link createTest}. */
export interface CreateTestOptions extends LaneOptions {
  /**
   * Milliseconds a test or hook may take that names no limit of its own, including its lane and the start of the
   * services it asks for; default 120 000. It also limits the lease of a lane and each reset.
   */
  readonly timeoutMs?: number
}

/** What every test of a topology can ask for: its services, and the lane they run in. */
export type Fixtures<T extends AnyTopology> = Handles<T> & {
  /** The leased lane. */
  readonly lane: Lane<T>
}

/** What {@link createTest} returns. */
export interface TopologyTest<T extends AnyTopology> {
  /**
   * Jest's `test` with the topology's fixtures, and hooks that take them: `test.beforeAll`, `test.beforeEach`,
   * `test.afterEach`, `test.afterAll`.
   */
  readonly test: JestTest<Fixtures<T>>
  /** The same as `test`. */
  readonly it: JestTest<Fixtures<T>>
}

/**
 * Returns a `test` whose fixtures are the services of a topology. A service is started when a test first asks for it,
 * with all it needs; between tests the lane is reset to what was declared, including its data. A retry gets everything
 * fresh. A failing test's error ends with the last log lines of the services it used.
 *
 * The matchers of the topology are registered with Jest's `expect`: `await expect(mail).toHaveReceived({ to })`.
 *
 * Lanes are leased by worker slot: test files that run in parallel never share one. Tests that run at the same time
 * within a file need `lane: 'test'`.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults of the options; `JEST_UNSUPPORTED` outside of a test file.
 *
 * @example
 * const { test } = createTest(topology)
 * test('sign-up is closed', async ({ api }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  options: CreateTestOptions = {},
): TopologyTest<T> => {
  const session = openRunnerSession<AnyTopology>(topology, { ...options, client: 'jest' })
  const services: readonly string[] = session.services
  const used = new Set<string>()
  const file = openFile(session)
  expect.extend(createMatchers(topology) as never)
  // Outside of test time. Its limit is an option of its own.
  beforeAll(() => session.prepareImages([...used] as never[]), timerLimit(0))
  const asked = (fn: unknown, what: string): readonly string[] => {
    const source = written(fn)
    for (const name of mentioned(source, services)) used.add(name)
    return fixturesOf(source, { services }, what)
  }
  const bound: Bound = {
    test(fn, name) {
      const names = asked(fn, `the test ${JSON.stringify(String(name))}`)
      return async (...row) => {
        const fixtures = names.length === 0 ? {} : await setUpFixtures(await file.begin(), names)
        return (fn as Body)(fixtures, ...row)
      }
    },
    hook(fn, hook) {
      const names = asked(fn, `the hook ${hook}`)
      const wanted = names.filter((name) => name !== 'lane')
      const each = async () => setUpFixtures(await file.begin(), names)
      const all = async () => {
        const lane = hook === 'beforeAll' ? await file.prepare(wanted) : await file.lane()
        return fixturesIn(lane, names)
      }
      const fixtures = hook.endsWith('Each') ? each : all
      return async () => (fn as Body)(names.length === 0 ? {} : await fixtures())
    },
    register: (hook, fn, timeoutMs) =>
      hooks[hook](fn as () => Promise<void>, timerLimit(timeoutMs)),
    timeoutMs: timerLimit(isDebugging() ? 0 : (options.timeoutMs ?? 120_000)),
    isLimited: !isDebugging(),
  }
  const test = bindTest(base, bound) as JestTest<Fixtures<T>>
  return { test, it: test }
}

// ---

const hooks = { beforeAll, beforeEach, afterEach, afterAll }

type Body = (fixtures: object, ...row: unknown[]) => unknown
