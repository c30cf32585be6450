import { expect, test } from 'vitest'
import { type EngineMeaning, says } from './engine-words.ts'
import { ApiFailure } from './errors.ts'

const id = '450c14136e4e'.padEnd(64, '0')

test.each<[EngineMeaning, 'Docker' | 'Podman', string]>([
  ['subnet taken', 'Docker', 'Pool overlaps with other one on this address space'],
  [
    'subnet taken',
    'Docker',
    'invalid pool request: Pool overlaps with other one on this address space',
  ],
  [
    'subnet taken',
    'Podman',
    'subnet 10.221.162.0/26 is already used on the host or by another config',
  ],
])('says recognizes "%s" in the words of %s: %s', (meaning, _, text) => {
  expect(says(meaning, new ApiFailure(500, text))).toBe(true)
})

test('says recognizes nothing in another refusal', () => {
  const other = new ApiFailure(500, `container ${id}: no space left on device`)
  expect(says('subnet taken', other)).toBe(false)
})
