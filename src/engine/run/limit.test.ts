import { expect, test } from 'vitest'
import { createLimit, createSpareLimit } from './limit.ts'

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

test('of the tasks that wait, the one with the lowest rank begins first', async () => {
  const limit = createLimit(1)
  const begun: string[] = []
  const first = Promise.withResolvers<void>()
  const note = (name: string) => async () => void begun.push(name)
  const all = [
    limit(() => first.promise),
    limit(note('a')),
    limit(note('last'), 2),
    limit(note('b')),
    limit(note('urgent'), -1),
  ]
  first.resolve()
  await Promise.all(all)
  expect(begun).toEqual(['urgent', 'a', 'b', 'last'])
})

test('spare tasks run one at a time, after all others that wait', async () => {
  const limit = createLimit(2)
  const spare = createSpareLimit(limit)
  const begun: string[] = []
  const ends = new Map<string, () => void>()
  const task = (name: string) => () =>
    new Promise<void>((resolve) => {
      begun.push(name)
      ends.set(name, resolve)
    })
  const all = [limit(task('a')), limit(task('b')), spare.limit(task('spare 1'))]
  await new Promise(setImmediate)
  all.push(spare.limit(task('spare 2')), limit(task('c')))
  await new Promise(setImmediate)
  for (const [name, next] of [
    ['a', ['a', 'b', 'c']],
    ['b', ['a', 'b', 'c', 'spare 1']],
    ['c', ['a', 'b', 'c', 'spare 1']],
    ['spare 1', ['a', 'b', 'c', 'spare 1', 'spare 2']],
  ] as const) {
    ends.get(name)?.()
    await new Promise(setImmediate)
    expect(begun).toEqual(next)
  }
  ends.get('spare 2')?.()
  await Promise.all(all)
})

test('hurried spare tasks run side by side', async () => {
  const spare = createSpareLimit(createLimit(3))
  const begun: number[] = []
  const end = Promise.withResolvers<void>()
  const all = [0, 1, 2].map((index) =>
    spare.limit(() => {
      begun.push(index)
      return end.promise
    }),
  )
  await new Promise(setImmediate)
  expect(begun).toEqual([0])
  spare.hurry()
  await new Promise(setImmediate)
  expect(begun).toEqual([0, 1, 2])
  end.resolve()
  await Promise.all(all)
})
