import { MesocosmError } from 'mesocosm'
import type { Hook, Suite, Test } from 'mocha'

/** The functions by which Mocha's interface declares tests and hooks. */
export interface MochaInterface {
  readonly it: MochaIt
  readonly before: MochaHook
  readonly after: MochaHook
  readonly beforeEach: MochaHook
  readonly afterEach: MochaHook
}

/** Declares a test. */
export type MochaIt = ((title: string, fn?: unknown) => Test) & {
  readonly only: (title: string, fn?: unknown) => Test
  readonly skip: (title: string, fn?: unknown) => Test
}

/** Declares a hook. Returns the suite if it is skipped. */
export type MochaHook = (title: string, fn: unknown) => Hook | Suite

/**
 * Returns the interface of the file that Mocha loads now: BDD, TDD or QUnit, which are globals. With several files there
 * is one after the other.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` outside of Mocha.
 */
export const currentInterface = (): MochaInterface => {
  const globals = globalThis as unknown as Readonly<Record<string, unknown>>
  const entries = Object.entries(names).map(([key, [bdd, tdd]]) => {
    const found = globals[bdd] ?? globals[tdd]
    if (typeof found !== 'function') throw noMocha(bdd, tdd)
    return [key, found]
  })
  return Object.fromEntries(entries) as MochaInterface
}

// ---

/** Names in the BDD and the TDD interface. QUnit has those of BDD, and `test`. */
const names = {
  it: ['it', 'test'],
  before: ['before', 'suiteSetup'],
  after: ['after', 'suiteTeardown'],
  beforeEach: ['beforeEach', 'setup'],
  afterEach: ['afterEach', 'teardown'],
} as const

const noMocha = (bdd: string, tdd: string) =>
  new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `neither ${bdd} nor ${tdd} is a global function, so no test can be declared`,
    remedy: 'run the file by mocha, with --ui bdd, tdd or qunit',
  })
