import { expect, test } from 'vitest'
import { createTurns } from './turns.ts'

test('work with one key runs one after the other, also after a failure', async () => {
  const inTurn = createTurns()
  const seen: string[] = []
  const first = Promise.withResolvers<void>()
  const one = inTurn('a', async () => {
    await first.promise
    seen.push('one')
    throw new Error('no')
  })
  const two = inTurn('a', async () => seen.push('two'))
  await inTurn('b', async () => seen.push('other'))
  expect(seen).toEqual(['other'])
  first.resolve()
  await expect(one).rejects.toThrow('no')
  await two
  await inTurn('a', async () => seen.push('three'))
  expect(seen).toEqual(['other', 'one', 'two', 'three'])
})
