import { isDebugging } from 'mesocosm/runner'
import type { Context, Runnable, Suite, Test } from 'mocha'
import type { TopologyFixtures } from './fixtures.ts'
import { currentInterface, type MochaIt } from './interface.ts'
import type { Run } from './run.ts'

/** What declared tests and hooks are made from. */
export interface DeclaringParts {
  readonly run: Run
  readonly fixtures: TopologyFixtures
  /** Time limit of tests and hooks, milliseconds; 0 is none. */
  readonly timeoutMs: number
}

/** A function of a test or hook. */
export type Body = (this: Context, fixtures: unknown) => unknown

/** Returns `test` and its variants, over those of the interface that is current when they are called. */
export const createTestFunction = (parts: DeclaringParts): object => {
  const variant =
    (declare: (it: MochaIt) => (title: string, fn?: unknown) => Test) =>
    (title: string, fn?: Body): Test => {
      const declared = declare(currentInterface().it)(title, fn && wrap(fn, title, parts))
      // `it.skip` of some interfaces returns nothing.
      if (declared === undefined) return declared
      limit(declared, parts.timeoutMs)
      parts.run.follow(declared)
      if (fn !== undefined && !declared.isPending())
        parts.run.wants(declared.file, parts.fixtures.servicesOf(fn))
      return declared
    }
  return Object.assign(
    variant((it) => it),
    { only: variant((it) => it.only), skip: variant((it) => it.skip) },
  )
}

/**
 * Gives a test or hook time to start services, unless its suite has a limit of its own, or Mocha a longer one or none.
 * There is no limit while a debugger can hold it up.
 */
export const limit = (runnable: Runnable, timeoutMs: number): void => {
  if (isDebugging()) {
    runnable.timeout(0)
    return
  }
  const inherited = runnable.timeout()
  const ofRun = rootTimeout(runnable.parent)
  if (inherited === 0 || inherited !== ofRun) return
  runnable.timeout(timeoutMs === 0 ? 0 : Math.max(inherited, timeoutMs))
}

// ---

const wrap = (fn: Body, title: string, { run, fixtures }: DeclaringParts) =>
  async function body(this: Context): Promise<unknown> {
    const test = this.test as Test
    const { progress } = run.attemptOf(test)
    try {
      const names = fixtures.namesOf(fn, `the test ${JSON.stringify(title)}`)
      return await fn.call(this, await fixtures.forTest(test, names))
    } catch (error) {
      if (test.isPending()) throw error
      progress.thrown = error
      // Some reporters print it at once.
      fixtures.explain(test, error)
      throw error
    }
  }

const rootTimeout = (suite: Suite | undefined): number | undefined => {
  let root = suite
  while (root?.parent !== undefined) root = root.parent
  return root?.timeout()
}
