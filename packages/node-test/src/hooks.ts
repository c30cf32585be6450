import { after, afterEach, before, beforeEach, type HookOptions, type TestContext } from 'node:test'
import { type DeclaringParts, servicesOf } from './test-function.ts'

/** Returns Node's hooks with the fixtures of the topology. */
export const createHooks = ({
  fixtures,
  timeout,
  isLimited,
  onUse,
  prepareImages,
}: DeclaringParts): object => {
  const note = (names: () => readonly string[]) => {
    for (const service of servicesOf(names, fixtures)) onUse(service)
  }
  const limit = timeout === undefined ? {} : { timeout }
  const suiteHook =
    (name: 'before' | 'after', register: typeof before): Register =>
    (fn, options) => {
      const names = () => fixtures.namesOfSuiteHook(fn, `the hook test.${name}`)
      note(names)
      const run = async (suite: unknown) => {
        const { filePath } = suite as { readonly filePath?: string }
        const asked = names()
        const given =
          name === 'before' ? await fixtures.before(filePath, asked) : fixtures.after(asked)
        return await fn(given)
      }
      // What is pulled or built is not part of a hook's time.
      if (name === 'before') before(prepareImages)
      register(run as never, isLimited ? { ...limit, ...options } : { ...options, ...limit })
    }
  const testHook =
    (name: 'beforeEach' | 'afterEach', register: typeof beforeEach): Register =>
    (fn, options) => {
      const names = () => fixtures.namesOf(fn, `the hook test.${name}`)
      note(names)
      const run = async (context: unknown) => {
        const t = context as TestContext
        return await fn.call(t, await fixtures.forTest(t, names()))
      }
      register(run as never, isLimited ? { ...limit, ...options } : { ...options, ...limit })
    }
  return {
    before: suiteHook('before', before),
    after: suiteHook('after', after),
    beforeEach: testHook('beforeEach', beforeEach),
    afterEach: testHook('afterEach', afterEach),
  }
}

// ---

type Register = (fn: (fixtures: unknown) => unknown, options?: HookOptions) => void
