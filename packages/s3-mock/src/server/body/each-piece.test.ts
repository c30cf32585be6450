import { Readable } from 'node:stream'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { eachPiece } from './each-piece.ts'

/** A stream that has all pieces, and its end, before it is read. */
const complete = (...pieces: readonly string[]) => {
  const source = new Readable({ read: () => {} })
  for (const piece of pieces) source.push(Buffer.from(piece))
  source.push(null)
  return source
}

test('the end waits until the last piece is taken', async () => {
  const taken: string[] = []
  await eachPiece(complete('a', 'b', 'c'), async (bytes) => {
    for (let turn = 0; turn < 5; turn++) await setImmediate()
    taken.push(bytes.toString())
  })
  expect(taken).toEqual(['a', 'b', 'c'])
})

test('a last piece that cannot be taken is an error', async () => {
  const passed = eachPiece(complete('a'), async () => {
    await setImmediate()
    throw new Error('no space')
  })
  await expect(passed).rejects.toThrow('no space')
})
