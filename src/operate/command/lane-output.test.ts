import { expect, test } from 'vitest'
import { createLaneOutput } from './lane-output.ts'

test('output of a lane is printed by whole lines, with characters that were cut', () => {
  const printed: string[] = []
  const output = createLaneOutput(
    'lane_1',
    [],
    () => {},
    (lane, stream, text) => {
      printed.push(`${lane} ${stream} ${text}`)
    },
  )
  const bytes = Buffer.from('grün\r\nlast')
  output.write('stdout', bytes.subarray(0, 3))
  output.write('stderr', Buffer.from('wrong\n'))
  output.write('stdout', bytes.subarray(3))
  expect(printed).toEqual(['lane_1 stderr wrong', 'lane_1 stdout grün'])
  output.flush()
  expect(printed.at(-1)).toBe('lane_1 stdout last')
})
