import type { Context, Hook, Suite, Test } from 'mocha'
import { currentInterface, type MochaHook, type MochaInterface } from './interface.ts'
import { type Body, type DeclaringParts, limit } from './test-function.ts'

/** Returns Mocha's hooks with the fixtures of the topology. */
export const createHooks = ({ run, fixtures, timeoutMs }: DeclaringParts): object => {
  const declare = (name: HookName, fn: Body, body: (this: Context) => Promise<unknown>) => {
    const register: MochaHook = currentInterface()[name]
    const declared = register(fn.name, body)
    run.follow(declared)
    if ('suites' in declared) return
    limit(declared, timeoutMs)
    run.wants(fileOf(declared), fixtures.servicesOf(fn))
  }
  const suiteHook = (name: 'before' | 'after') => (fn: Body) =>
    declare(name, fn, async function suite(this: Context) {
      const names = fixtures.namesOf(fn, `the hook test.${name}`)
      if (name === 'after') return fn.call(this, fixtures.after(names))
      const file = fileOf(this.test as unknown as Hook)
      const given = this.timeout()
      // What is pulled or built is not part of the hook's time.
      this.timeout(0)
      await run.prepareImages(file)
      this.timeout(given)
      return fn.call(this, await fixtures.before(file, names))
    })
  const testHook = (name: 'beforeEach' | 'afterEach') => (fn: Body) =>
    declare(name, fn, async function each(this: Context) {
      const test = this.currentTest as Test
      try {
        const names = fixtures.namesOf(fn, `the hook test.${name}`)
        return await fn.call(this, await fixtures.forTest(test, names))
      } catch (error) {
        if (this.test?.isPending() !== true) fixtures.explain(test, error)
        throw error
      }
    })
  return {
    before: suiteHook('before'),
    after: suiteHook('after'),
    beforeEach: testHook('beforeEach'),
    afterEach: testHook('afterEach'),
  }
}

// ---

type HookName = Exclude<keyof MochaInterface, 'it'>

/** The root suite is that of all files. */
const fileOf = ({ parent }: Hook): string | undefined =>
  (parent as (Suite & { readonly file?: string }) | undefined)?.file
