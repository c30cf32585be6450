import {
  type AnyTopology,
  fixturesIn,
  fixturesOf,
  setUpFixtures,
  type TestLedger,
} from 'mesocosm/runner'
import type { Test } from 'mocha'
import type { Run } from './run.ts'

/** What tests and hooks are called with. */
export interface TopologyFixtures {
  /** Returns what a function asks for; throws `ARGUMENT_INVALID`. */
  namesOf(fn: unknown, what: string): readonly string[]
  /** Returns the services that a function asks for; none if it asks for what it cannot get, which fails it later. */
  servicesOf(fn: unknown): readonly string[]
  /** Sets fixtures up for an attempt of a test. */
  forTest(test: Test, names: readonly string[]): Promise<Record<string, unknown>>
  /** Starts services before the tests of a file; `undefined` for all files. */
  before(file: string | undefined, names: readonly string[]): Promise<Record<string, unknown>>
  /** Returns the fixtures of the file's lane. */
  after(names: readonly string[]): Record<string, unknown>
  /** Appends the last log lines of the services that a test used to its error. */
  explain(test: Test, error: unknown): void
}

/** Creates the fixtures of a topology. */
export const createFixtures = (
  services: readonly string[],
  ledger: TestLedger<AnyTopology>,
  run: Run,
): TopologyFixtures => {
  const servicesIn = (names: readonly string[]) => names.filter((name) => services.includes(name))
  const namesOf = (fn: unknown, what: string) => fixturesOf(fn, { services }, what)
  return {
    namesOf,
    servicesOf(fn) {
      try {
        return servicesIn(namesOf(fn, 'it'))
      } catch {
        return []
      }
    },
    async forTest(test, names) {
      if (names.length === 0) return {}
      const attempt = await ledger.begin(test, run.attemptOf(test))
      return await setUpFixtures(attempt, names)
    },
    async before(file, names) {
      if (names.length === 0) return {}
      return fixturesIn(await ledger.prepare(file, servicesIn(names) as never[]), names)
    },
    after: (names) => (names.length === 0 ? {} : fixturesIn(ledger.lane, names)),
    explain: (test, error) => ledger.explain(test, error),
  }
}
