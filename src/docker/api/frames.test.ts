import { expect, test } from 'vitest'
import type { OutputChunk } from '../../runtime/running-program.ts'
import { createDemux } from './frames.ts'

const frame = (stream: number, text: string): Buffer => {
  const payload = Buffer.from(text)
  const header = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  header.writeUInt32BE(payload.length, 4)
  return Buffer.concat([header, payload])
}

const collect = () => {
  const text = { stdout: '', stderr: '' }
  const push = createDemux(({ stream, bytes }: OutputChunk) => {
    text[stream] += Buffer.from(bytes).toString('latin1')
  })
  return { text, push }
}

test('createDemux separates the streams of several frames in one piece', () => {
  const { text, push } = collect()
  push(Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, ''), frame(1, 'put')]))
  expect(text).toEqual({ stdout: 'output', stderr: 'err' })
})

test('createDemux joins frames that are cut anywhere', () => {
  const whole = Buffer.concat([frame(1, 'hello '), frame(2, 'oh no'), frame(1, 'world')])
  for (let size = 1; size <= whole.length; size++) {
    const { text, push } = collect()
    for (let at = 0; at < whole.length; at += size) push(whole.subarray(at, at + size))
    expect(text).toEqual({ stdout: 'hello world', stderr: 'oh no' })
  }
})
