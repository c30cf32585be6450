import { expect, test } from 'vitest'
import { randomOf } from '../test-scene.ts'
import { BodyReader } from './body-reader.ts'

const chunked = { kind: 'chunked' } as const

const readAll = (reader: BodyReader, parts: readonly Uint8Array[]) => {
  const data: Uint8Array[] = []
  for (const [index, part] of parts.entries()) {
    const read = reader.push(part)
    if ('refuse' in read) return read
    data.push(...read.data)
    if (read.rest)
      return {
        body: Buffer.concat(data).toString(),
        rest: Buffer.concat([read.rest, ...parts.slice(index + 1)]).toString(),
      }
  }
  return { more: true }
}

test('a body ends where its length says', () => {
  const reader = new BodyReader({ kind: 'length', bytes: 3 }, 10)
  expect(readAll(reader, [Buffer.from('ab'), Buffer.from('cGET')])).toEqual({
    body: 'abc',
    rest: 'GET',
  })
  expect(readAll(new BodyReader({ kind: 'length', bytes: 0 }, 10), [Buffer.from('')])).toEqual({
    body: '',
    rest: '',
  })
})

test('a chunked body is the same however its bytes arrive', () => {
  const bytes = Buffer.from('3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\nGET')
  for (let seed = 1; seed <= 300; seed++) {
    const random = randomOf(seed)
    const parts: Uint8Array[] = []
    for (let at = 0; at < bytes.length; ) {
      const size = 1 + random.int(6)
      parts.push(bytes.subarray(at, at + size))
      at += size
    }
    expect(readAll(new BodyReader(chunked, 100), parts), `seed ${seed}`).toEqual({
      body: 'abc0123456789',
      rest: 'GET',
    })
  }
})

test.for([
  ['an extension', '3;a=b\r\nabc\r\n0\r\n\r\n'],
  ['a trailer', '0\r\nX: y\r\n\r\n'],
  ['a bare line feed', '3\nabc\n0\n\n'],
  ['a signed size', '+3\r\nabc\r\n0\r\n\r\n'],
  ['a size with 0x', '0x3\r\nabc\r\n0\r\n\r\n'],
  ['a space in the size', '3 \r\nabc\r\n0\r\n\r\n'],
  ['no size', '\r\nabc'],
  ['a size of nine digits', '000000003\r\nabc\r\n0\r\n\r\n'],
  ['more data than its size', '3\r\nabcd\r\n0\r\n\r\n'],
  ['a digit after its data', '3\r\nabcd'],
  ['less data than its size', '3\r\nab\r\n0\r\n\r\n'],
] as const)('a chunk with %s is refused', ([, text]) => {
  expect(readAll(new BodyReader(chunked, 100), [Buffer.from(text)])).toMatchObject({
    refuse: { status: 400 },
  })
})

test('a body is refused before it is longer than allowed', () => {
  const tooLong = { refuse: { status: 413 } }
  expect(new BodyReader({ kind: 'length', bytes: 11 }, 10).push(Buffer.from(''))).toMatchObject(
    tooLong,
  )
  expect(new BodyReader(chunked, 10).push(Buffer.from('b\r\n'))).toMatchObject(tooLong)
  expect(new BodyReader(chunked, 10).push(Buffer.from('6\r\nabcdef\r\n5\r\n'))).toMatchObject(
    tooLong,
  )
  expect(new BodyReader(chunked, 10).push(Buffer.from('ffffffff\r\n'))).toMatchObject(tooLong)
})
