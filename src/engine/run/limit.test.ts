import { expect, test } from 'vitest'
import { createLimit } from './limit.ts'

test('at most `width` tasks run at once, the others in order', async () => {
  const limit = createLimit(2)
  const begun: number[] = []
  const ends = [0, 1, 2, 3].map(() => Promise.withResolvers<void>())
  const all = ends.map(({ promise }, index) =>
    limit(() => {
      begun.push(index)
      return promise
    }),
  )
  await new Promise(setImmediate)
  expect(begun).toEqual([0, 1])
  ends[1]?.resolve()
  await all[1]
  await new Promise(setImmediate)
  expect(begun).toEqual([0, 1, 2])
  for (const { resolve } of ends) resolve()
  await Promise.all(all)
  expect(begun).toEqual([0, 1, 2, 3])
})

test('a slot that passes to the next task is never free in between', async () => {
  const limit = createLimit(1)
  let running = 0
  let most = 0
  const task = async () => {
    most = Math.max(most, ++running)
    await new Promise(setImmediate)
    running--
  }
  const first = limit(task)
  const second = limit(task)
  await first
  await Promise.all([second, limit(task), limit(task)])
  expect(most).toBe(1)
})

test('a failed task passes its slot on', async () => {
  const limit = createLimit(1)
  await expect(limit(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await limit(async () => 'yes')).toBe('yes')
})
