import { expect, test } from 'vitest'
import { readJsonLines } from './ndjson.ts'

async function* pieces(whole: Buffer, size: number) {
  for (let at = 0; at < whole.length; at += size) yield whole.subarray(at, at + size)
}

test('readJsonLines reads values cut anywhere, with and without a final line end', async () => {
  const text = '{"a":"käse"}\r\n\n{"b":[1,2]}\n{"c":null}'
  for (const whole of [Buffer.from(text), Buffer.from(`${text}\n`)]) {
    for (let size = 1; size < whole.length; size++) {
      const values = await Array.fromAsync(readJsonLines(pieces(whole, size)))
      expect(values).toEqual([{ a: 'käse' }, { b: [1, 2] }, { c: null }])
    }
  }
})

test('readJsonLines throws on a line that is not valid JSON', async () => {
  const values = Array.fromAsync(readJsonLines(pieces(Buffer.from('oops\n'), 5)))
  await expect(values).rejects.toThrow(SyntaxError)
})
