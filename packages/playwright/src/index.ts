import {
  expect,
  type PlaywrightTestArgs,
  type PlaywrightTestOptions,
  type PlaywrightWorkerArgs,
  type PlaywrightWorkerOptions,
  type TestType,
} from '@playwright/test'
import {
  type AnyTopology,
  createMatchers,
  type Handles,
  type Lane,
  type LaneOptions,
  openRunnerSession,
} from 'mesocosm/runner'
import { base, serviceFixture } from './base-test.ts'
import type { TopologyExpect } from './matchers.ts'
import { assertNames } from './names.ts'
import { runStep } from './step.ts'
import type { TopologySource } from './topology-use.ts'

export type { TopologyExpect } from './matchers.ts'

/** Options of {@link createTest}. */
export interface CreateTestOptions extends LaneOptions {
  /**
   * Milliseconds that the lease of a lane, the reset before a test, and the start of one service may take; default
   * 120 000. 0 and `Infinity` are no limit. It is not part of the time that Playwright gives a test.
   */
  readonly timeoutMs?: number
}

/** What every test of a topology can ask for: its services, and the lane they run in. */
export type Fixtures<T extends AnyTopology> = Handles<T> & {
  /** The leased lane. */
  readonly lane: Lane<T>
}

/** Playwright's `test` with the services of a topology. */
export type PlaywrightTopologyTest<T extends AnyTopology> = TestType<
  PlaywrightTestArgs & PlaywrightTestOptions & Fixtures<T>,
  PlaywrightWorkerArgs & PlaywrightWorkerOptions
>

/** What {@link createTest} returns. */
export interface TopologyTest<T extends AnyTopology> {
  /**
   * Playwright's `test` with the topology's fixtures. They can also be used in `test.beforeAll` and `test.afterAll`:
   * data that a `beforeAll` hook writes is there for every test of the file, and resets restore it.
   */
  readonly test: PlaywrightTopologyTest<T>
  /** Playwright's `expect`, with the matchers of the topology: `await expect(mail).toHaveReceived({ to })`. */
  readonly expect: TopologyExpect
}

/**
 * Returns a `test` whose fixtures are the services of a topology. A service is started when a test first asks for it,
 * with all it needs; between tests the lane is reset to what was declared, including its data. A retry gets everything
 * fresh. A failing test's error ends with the last log lines of the services it used.
 *
 * Lanes are leased by worker slot: tests that run in parallel never share one. With `lane: 'test'`, each test leases a
 * lane of its own.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults of the options, or for services with the name of a
 * fixture of Playwright.
 *
 * @example
 * export const { test, expect } = createTest(topology)
 * test('sign-up is closed', async ({ page, api }) => { … })
 */
export const createTest = <T extends AnyTopology>(
  topology: T,
  options: CreateTestOptions = {},
): TopologyTest<T> => {
  const session = openRunnerSession<AnyTopology>(topology, {
    ...options,
    client: 'playwright',
    steps: runStep,
  })
  assertNames(session.services)
  const source: TopologySource = { session, root: topology.root, options }
  const fixtures = Object.fromEntries(
    [...session.services, undefined].map((service) => [
      service ?? 'lane',
      serviceFixture(source, service),
    ]),
  )
  const test = base.extend(fixtures as never)
  return {
    test: test as unknown as PlaywrightTopologyTest<T>,
    expect: expect.extend(createMatchers(topology) as never) as unknown as TopologyExpect,
  }
}
