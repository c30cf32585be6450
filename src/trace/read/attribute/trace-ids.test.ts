import { expect, test } from 'vitest'
import { traceIdsIn } from './trace-ids.ts'

const id = '0af7651916cd43dd8448eb211c80319c'

test('a trace id is found at any position of a text, in small letters', () => {
  for (let before = 0; before < 70; before++) {
    expect(traceIdsIn(`${' '.repeat(before)}${id}`)).toEqual([id])
    expect(traceIdsIn(`${'x'.repeat(before)}${id.toUpperCase()}-and ${id}.`)).toEqual([id, id])
  }
})

test('longer and shorter runs of digits are no trace ids', () => {
  for (let before = 0; before < 40; before++) {
    const padding = ' '.repeat(before)
    expect(traceIdsIn(`${padding}${id}0`)).toEqual([])
    expect(traceIdsIn(`${padding}${id.slice(1)}`)).toEqual([])
    expect(traceIdsIn(`${padding}${id}${id} ${id}`)).toEqual([id])
  }
  expect(traceIdsIn('')).toEqual([])
})
