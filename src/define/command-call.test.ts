import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineCommand } from './command.ts'
import { splitCall, splitOptions } from './command-call.ts'

const reject = { reject: false }

test('options follow the parameters of a function', () => {
  const seed = (rows: number, table?: string) => ['seed', String(rows), String(table)]
  expect(splitCall(seed, [3])).toEqual({ args: [3], options: undefined })
  expect(splitCall(seed, [3, 'users', reject])).toEqual({ args: [3, 'users'], options: reject })
  expect(splitCall(() => ['x'], [reject])).toEqual({ args: [], options: reject })
})

test('an argument that is a parameter is not taken for options', () => {
  const wait = (limits: { readonly timeoutMs: number }) => ['wait', String(limits.timeoutMs)]
  expect(splitCall(wait, [{ timeoutMs: 5 }])).toEqual({
    args: [{ timeoutMs: 5 }],
    options: undefined,
  })
  const go = (...words: unknown[]) => words.map(String)
  expect(splitCall(go, ['a', { force: true }]).options).toBeUndefined()
  expect(splitCall(go, ['a', {}]).options).toBeUndefined()
  expect(splitCall(go, ['a', reject])).toEqual({ args: ['a'], options: reject })
})

test('options follow the argument of a command with schemas, and are the only argument of one without', () => {
  const clean = defineCommand({ argv: () => ['clean'] })
  const list = defineCommand({
    args: z.object({ all: z.boolean().optional() }),
    argv: () => ['ls'],
  })
  expect(splitCall(clean, [reject])).toEqual({ args: [], options: reject })
  expect(splitCall(clean, [undefined, reject])).toEqual({ args: [undefined], options: reject })
  expect(splitCall(list, [{ all: true }, reject])).toEqual({
    args: [{ all: true }],
    options: reject,
  })
  expect(splitCall(list, [])).toEqual({ args: [], options: undefined })
})

test('options of a tool are not options of the call', () => {
  expect(splitOptions(['a', { force: true }]).options).toBeUndefined()
  expect(splitOptions(['a', { force: true }, reject]).options).toBe(reject)
})
