import { afterAll, describe as baseDescribe, test as baseTest, beforeAll, expect } from 'bun:test'
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
  timerLimit,
} from 'mesocosm/runner'
import { bindTest } from './bind-test.ts'
import type { BunDescribe, BunTest } from './bun-test.ts'
import { createFiles } from './files.ts'
import './matchers.ts'
import { type DeclaredTest, runTest } from './run-test.ts'

export type {
  BunDescribe,
  BunTest,
  BunTestOptions,
  DeclareHook,
  DeclareSuite,
  DeclareTest,
  EachTest,
  TestBody,
  TestMode,
} from './bun-test.ts'

/** Options of {@link createTest}. */
export interface CreateTestOptions extends LaneOptions {
  /**
   * Milliseconds a test may take that names no limit of its own, including its lane and the start of the services it
   * asks for; default 120 000. It also limits the lease of a lane and each reset.
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
  /** Bun's `test` with the topology's fixtures, and hooks that take them. */
  readonly test: BunTest<Fixtures<T>>
  /** The same as `test`. */
  readonly it: BunTest<Fixtures<T>>
  /** Bun's `describe`. Bun does not tell tests the titles of their suites, so that the record has those declared here. */
  readonly describe: BunDescribe
}

/**
 * Returns a `test` whose fixtures are the services of a topology. A service is started when a test first asks for it,
 * with all it needs; between tests the lane is reset to what was declared, including its data. A retry gets everything
 * fresh. A failing test's error ends with the last log lines of the services it used.
 *
 * The matchers of the topology are registered with Bun's `expect`: `await expect(mail).toHaveReceived({ to })`.
 *
 * With `bun test --parallel`, lanes are leased by worker slot: files that run in parallel never share one. Tests that
 * run at the same time within a file need `lane: 'test'`. The supervisor runs on Node, which must be on `PATH`.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults of the options.
 *
 * @example
 * const { test, describe } = createTest(topology)
 * test('sign-up is closed', async ({ api }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  options: CreateTestOptions = {},
): TopologyTest<T> => {
  const session = openRunnerSession<AnyTopology>(topology, { ...options, client: 'bun' })
  const services: readonly string[] = session.services
  const { timeoutMs = 120_000 } = options
  const limitOf = (own: number) => timerLimit(isDebugging() ? 0 : own)
  const files = createFiles(session)
  expect.extend(createMatchers(topology))
  const asked = (fn: unknown, what: string): readonly string[] => {
    files.current().use(mentioned(fn, services))
    return fixturesOf(fn, { services }, what)
  }
  const test = bindTest(baseTest, ({ title, fn, row, failing, timeoutMs: own = timeoutMs }) => {
    const file = files.current()
    const declared: DeclaredTest = {
      title,
      suite: file.suite(),
      names: asked(fn, `the test ${JSON.stringify(title)}`),
      fn: fn as DeclaredTest['fn'],
      row,
      failing,
      timeoutMs: limitOf(own),
      place: new Error(),
      attempts: [],
    }
    file.declare(declared)
    return { run: () => runTest(declared, file), timeoutMs: limitOf(own + cleanUpMs) }
  })
  const eachHook = (kind: 'beforeEach' | 'afterEach') => (fn: DeclaredTest['fn']) =>
    void files
      .current()
      .suite()
      [kind].push({ names: asked(fn, `the hook ${kind}`), fn })
  const hooks = {
    beforeEach: eachHook('beforeEach'),
    afterEach: eachHook('afterEach'),
    beforeAll(fn: DeclaredTest['fn'], own = timeoutMs) {
      const file = files.current()
      const names = asked(fn, 'the hook beforeAll')
      const wanted = names.filter((name) => name !== 'lane')
      const fixtures = async () => (await file.open()).prepare(wanted as never[])
      beforeAll(
        async () => fn(names.length === 0 ? {} : fixturesIn(await fixtures(), names)),
        limitOf(own),
      )
    },
    afterAll(fn: DeclaredTest['fn'], own = timeoutMs) {
      const file = files.current()
      const names = asked(fn, 'the hook afterAll')
      const run = async () =>
        fn(names.length === 0 ? {} : fixturesIn((await file.open()).lane, names))
      // The file gives its lane back in a hook of its own, which may run first.
      if (file.suite().parent === undefined) file.atEnd(run)
      else afterAll(run, limitOf(own))
    },
  }
  const withHooks = new Proxy(test, {
    get: (target, key) =>
      Object.hasOwn(hooks, key) ? hooks[key as keyof typeof hooks] : Reflect.get(target, key),
  }) as unknown as BunTest<Fixtures<T>>
  return {
    test: withHooks,
    it: withHooks,
    describe: files.bindDescribe(baseDescribe) as BunDescribe,
  }
}

// ---

/** What the end of a test may take: its last log lines, the way back of its lane. */
const cleanUpMs = 60_000
