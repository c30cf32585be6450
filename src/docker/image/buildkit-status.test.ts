import { expect, test } from 'vitest'
import { pick, seeded } from '../../../test/lib/odd-requests.ts'
import { decodeBuildStatus } from './buildkit-status.ts'

const started =
  'Cn0KR3NoYTI1NjphMDE0MWNhZDMxOWJlMTQyZDBhYzZlYTcyNTEzNDgzNmMxMDNkMWJkODFkMGI4NWQ3ZTBlNjY1MTE4MzIxOWMzGiRbaW50ZXJuYWxdIGxvYWQgcmVtb3RlIGJ1aWxkIGNvbnRleHQqDAiD27DYBhDCnq2FAw=='

// Two messages of Docker 20.10: the start of a step, and a line of its output.
test('decodeBuildStatus reads steps and skips what it does not know', () => {
  const message = Buffer.from(started, 'base64')
  expect(decodeBuildStatus(message)).toEqual({
    output: [],
    parts: [],
    steps: [
      {
        digest: 'sha256:a0141cad319be142d0ac6ea725134836c103d1bd81d0b85d7e0e6651183219c3',
        name: '[internal] load remote build context',
        cached: false,
        started: true,
        completed: false,
        error: '',
      },
    ],
  })
})

// Bytes by hand, after https://protobuf.dev/programming-guides/encoding
test('decodeBuildStatus reads output, and skips fields of every wire type', () => {
  const log = [0x0a, 1, 0x64, 0x18, 0xac, 2, 0x22, 2, 0x68, 0x69]
  const unknown = [0x78, 1, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7d, 1, 2, 3, 4]
  const message = Uint8Array.from([...unknown, 0x1a, log.length, ...log])
  expect(decodeBuildStatus(message)).toEqual({
    steps: [],
    parts: [],
    output: [{ step: 'd', text: Uint8Array.from([0x68, 0x69]) }],
  })
})

test.each([[[0x1a, 9, 1]], [[0x1a]], [[0x80]]])(
  'decodeBuildStatus refuses what is cut off: %j',
  (bytes) => {
    expect(() => decodeBuildStatus(Uint8Array.from(bytes))).toThrow(/cut off/)
  },
)

test.each([
  [[0x0b], /field of type 3/],
  [[0x0e, 1], /field of type 6/],
  [[0x08, ...Array.from({ length: 10 }, () => 0xff), 1], /more than ten bytes/],
])('decodeBuildStatus refuses anything but protobuf: %j', (bytes, expected) => {
  expect(() => decodeBuildStatus(Uint8Array.from(bytes))).toThrow(expected)
})

test('decodeBuildStatus ends with any bytes, in a value of its shape or an error', () => {
  const whole = [...Buffer.from(started, 'base64')]
  for (let seed = 0; seed < 5_000; seed++) {
    const random = seeded(seed)
    const bytes = pick(random, [whole, Array.from({ length: 80 }, () => random() * 256)])
    const cut = bytes.slice(0, random() * (bytes.length + 1))
    const garbled = cut.map((byte) => (random() < 0.05 ? random() * 256 : byte))
    try {
      const { steps, output } = decodeBuildStatus(Uint8Array.from(garbled))
      for (const step of steps) expect(typeof `${step.digest}${step.name}`).toBe('string')
      for (const { text } of output) expect(text).toBeInstanceOf(Uint8Array)
    } catch (error) {
      expect(String(error)).toMatch(/^Error: a protobuf message /)
    }
  }
})
