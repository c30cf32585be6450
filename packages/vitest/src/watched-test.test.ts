import { expect, test, vi } from 'vitest'
import { watchedTest } from './watched-test.ts'

const watching = (isOurs = (_: string) => false) => {
  const seen: unknown[] = []
  const forHook = vi.fn(async () => ({ db: 'handle' }))
  const onFunction = (fn: unknown) => seen.push(fn)
  return { seen, forHook, watch: { onFunction, isLimited: true, isOurs, forHook } }
}

test('functions are seen at any depth of a test, and reach it', () => {
  const given: unknown[] = []
  const fake = Object.assign((...args: unknown[]) => void given.push(...args), {
    only: (...args: unknown[]) => void given.push(...args),
    for: () => (_: string, fn: unknown) => void given.push(fn),
    extend: () => fake as unknown,
  })
  const { seen, watch } = watching()
  const watched = watchedTest(fake, watch)
  const [a, b, c, d, e] = Array.from({ length: 5 }, (_, index) => () => index)
  watched('a', a)
  watched.only('b', b)
  watched.for()('c', c)
  const extended = watched.extend as (fixtures: object) => typeof watched
  extended({ d, e: [e, { auto: true }], f: 1 })('a', a)
  expect(seen).toEqual([a, b, c, d, e, a])
  expect(given).toEqual(['a', a, 'b', b, c, 'a', a])
})

test('a hook before all tests gets the fixtures of the topology and those that Vitest resolves', async () => {
  const registered: { fn: (context: object) => unknown; timeout: unknown }[] = []
  const fake = {
    beforeAll: (fn: (context: object) => unknown, timeout?: number) =>
      void registered.push({ fn, timeout }),
  }
  const { forHook, watch } = watching((name) => name === 'db')
  const watched = watchedTest(fake, watch)
  const got: unknown[] = []
  watched.beforeAll((({ db, own }: never) => got.push(db, own)) as never, 5)
  const plain = () => {}
  watched.beforeAll(plain)
  const [hook, other] = registered
  expect(String(hook?.fn)).toBe('async ({ mesocosmFile, own }) => {}')
  expect([hook?.timeout, other?.fn]).toEqual([5, plain])
  await hook?.fn({ mesocosmFile: 'file', own: 1 })
  expect(forHook).toHaveBeenCalledWith('beforeAll', 'file', ['db'])
  expect(got).toEqual(['handle', 1])
})

test('tests and hooks lose their own time limits while a debugger can hold them up', () => {
  const given: unknown[][] = []
  const fake = Object.assign((...args: unknown[]) => void given.push(args), {
    for:
      (...table: unknown[]) =>
      (...args: unknown[]) =>
        void given.push([...table, ...args]),
    beforeAll: (...args: unknown[]) => void given.push(args),
  })
  const watched = watchedTest(fake, { ...watching().watch, isLimited: false })
  const fn = () => {}
  watched('a', { timeout: 5, retry: 1 }, fn)
  watched('b', fn, 5)
  watched('c', fn)
  watched.for(1)('d', fn, 5)
  watched.beforeAll(fn, 5)
  expect(given).toEqual([
    ['a', { timeout: 0, retry: 1 }, fn],
    ['b', fn, 0],
    ['c', fn],
    [1, 'd', fn, 0],
    [fn, 0],
  ])
})
