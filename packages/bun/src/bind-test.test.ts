import { expect, test } from 'vitest'
import { bindTest, type Declaration } from './bind-test.ts'

/** Records calls as Bun's `test` would get them. */
const fake = () => {
  const calls: unknown[][] = []
  const declare =
    (path: string) =>
    (...args: unknown[]) =>
      void calls.push([path, ...args])
  const base = Object.assign(declare('test'), {
    skip: declare('skip'),
    failing: declare('failing'),
    each: declare('each'),
    if(this: unknown, condition: boolean) {
      // Bun insists on it.
      expect(this).toBe(base)
      return condition ? base : base.skip
    },
  })
  const bound: Declaration[] = []
  const bind = (declaration: Declaration) => {
    bound.push(declaration)
    return { run: async () => {}, timeoutMs: 60_000 + (declaration.timeoutMs ?? 1) }
  }
  return {
    calls,
    bound,
    test: bindTest(base, bind) as never as typeof base & Record<string, never>,
  }
}

test('a test is declared with the function and the limit that replace its own', () => {
  const { calls, bound, test: declare } = fake()
  const fn = () => {}
  declare('a', fn)
  declare('b', fn, 5)
  declare('c', fn, { timeout: 7, retry: 2 })
  expect(bound.map(({ title, timeoutMs }) => [title, timeoutMs])).toEqual([
    ['a', undefined],
    ['b', 5],
    ['c', 7],
  ])
  expect(calls.map(([path, title, , options]) => [path, title, options])).toEqual([
    ['test', 'a', { timeout: 60_001 }],
    ['test', 'b', { timeout: 60_005 }],
    ['test', 'c', { timeout: 60_007, retry: 2 }],
  ])
})

test('ways to declare tests are bound at any depth', () => {
  const { calls, bound, test: declare } = fake()
  declare.failing('a', () => {})
  declare.if(false)('b', () => {})
  expect(bound.map(({ title, failing }) => [title, failing])).toEqual([
    ['a', true],
    ['b', false],
  ])
  expect(calls.map(([path]) => path)).toEqual(['failing', 'skip'])
})

test('each row of a table is a test of its own', () => {
  const { bound, test: declare } = fake()
  const each = (declare as never as { each: (rows: unknown[]) => typeof declare }).each
  each([[1, 'one'], 2])('%i is %s', () => {})
  expect(bound.map(({ title, row }) => [title, row])).toEqual([
    ['1 is one', [1, 'one']],
    ['2 is %s', [2]],
  ])
})
