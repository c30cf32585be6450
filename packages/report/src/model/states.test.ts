import { expect, test } from 'vitest'
import { stateAt, stretchesOf } from './states.ts'

test('a state lasts until the next change', () => {
  const stretches = stretchesOf(
    [
      { time: 0, state: 'starting' },
      { time: 10, state: 'ready' },
      { time: 20, state: 'crashed' },
      { time: 25, state: 'gone' },
      { time: 30, state: 'starting' },
    ],
    40,
  )
  expect(stretches).toEqual([
    { state: 'starting', start: 0, end: 10 },
    { state: 'ready', start: 10, end: 20 },
    { state: 'crashed', start: 20, end: 25 },
    { state: 'starting', start: 30, end: 40 },
  ])
  expect([5, 15, 27, 35].map((time) => stateAt(stretches, time))).toEqual([
    'starting',
    'ready',
    undefined,
    'starting',
  ])
})

test('an old container that is removed later does not end the state of the new one', () => {
  expect(
    stretchesOf(
      [
        { time: 0, state: 'ready' },
        { time: 5, state: 'stopped' },
        { time: 6, state: 'starting' },
        { time: 7, state: 'gone' },
        { time: 9, state: 'ready' },
      ],
      12,
    ),
  ).toEqual([
    { state: 'ready', start: 0, end: 5 },
    { state: 'stopped', start: 5, end: 6 },
    { state: 'starting', start: 6, end: 9 },
    { state: 'ready', start: 9, end: 12 },
  ])
})
