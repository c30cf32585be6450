import type { TestContext } from 'node:test'
import {
  type AnyTopology,
  fixturesIn,
  fixturesOf,
  setUpFixtures,
  type TestLedger,
} from 'mesocosm/runner'
import type { Watch } from './watch.ts'

/** What tests and hooks are called with. */
export interface TopologyFixtures {
  /** Returns what a test or a hook of a test asks for; throws `ARGUMENT_INVALID`. */
  namesOf(fn: unknown, what: string): readonly string[]
  /** The same for a hook that runs once for a suite. */
  namesOfSuiteHook(fn: unknown, what: string): readonly string[]
  /** The services among these names. */
  servicesIn(names: readonly string[]): readonly string[]
  /** Sets fixtures up for a test. A subtest shares the lane of the test around it. */
  forTest(t: TestContext, names: readonly string[]): Promise<Record<string, unknown>>
  /** Starts services before the tests of a file. */
  before(file: string | undefined, names: readonly string[]): Promise<Record<string, unknown>>
  /** Returns the fixtures of the file's lane. */
  after(names: readonly string[]): Record<string, unknown>
}

/** Creates the fixtures of a topology. */
export const createFixtures = (
  services: readonly string[],
  ledger: TestLedger<AnyTopology>,
  watch: Watch,
): TopologyFixtures => {
  const servicesIn = (names: readonly string[]) => names.filter((name) => services.includes(name))
  return {
    namesOf: (fn, what) => fixturesOf(fn, { services, others: ['t'] }, what),
    namesOfSuiteHook: (fn, what) => fixturesOf(fn, { services }, what),
    servicesIn,
    async forTest(t, names) {
      if (names.every((name) => name === 't')) return { t }
      const test = watch.around(t, ({ progress }) => progress.inLane)
      test.progress.inLane = true
      const attempt = await ledger.begin(test.t, test)
      return await setUpFixtures(attempt, names, { t })
    },
    async before(file, names) {
      if (names.length === 0) return {}
      return fixturesIn(await ledger.prepare(file, servicesIn(names) as never[]), names)
    },
    after: (names) => (names.length === 0 ? {} : fixturesIn(ledger.lane, names)),
  }
}
