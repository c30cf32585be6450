import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defaultPatience } from '../api/patience.ts'
import { watchSilence } from './pull-silence.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const watch = () => {
  const lines: string[] = []
  const over: string[] = []
  const silence = watchSilence({
    registry: 'reg.example',
    patience: defaultPatience,
    onProgress: (line) => lines.push(line),
    onOver: ({ message }) => over.push(message),
  })
  return { lines, over, silence }
}

const seconds = (count: number): void => void vi.advanceTimersByTime(count * 1_000)

test('a silent registry is reported every 30 s, and the pull ends after 5 minutes', () => {
  const { lines, over } = watch()
  seconds(299)
  expect(lines).toEqual(
    [30, 60, 90, 120, 150, 180, 210, 240, 270].map(
      (passed) => `no word from the registry reg.example for ${passed} s`,
    ),
  )
  expect(over).toEqual([])
  seconds(1_000)
  expect(over).toEqual(['no word from the registry reg.example for 300 s'])
  expect(lines).toHaveLength(9)
})

test('each word of the registry begins the time again', () => {
  const { lines, over, silence } = watch()
  for (let passed = 0; passed < 1_000; passed += 20) {
    seconds(20)
    silence.heard({ id: 'a', status: 'Downloading' })
  }
  expect([lines, over]).toEqual([[], []])
  seconds(300)
  expect(over).toHaveLength(1)
})

test('a pull that has ended reports nothing', () => {
  const { lines, over, silence } = watch()
  silence[Symbol.dispose]()
  seconds(10_000)
  expect([lines, over]).toEqual([[], []])
})

test.each<[string, readonly string[], string, number]>([
  ['has only sent the tag', [], 'registry', 300],
  ['has a layer underway', ['Download complete', 'Downloading'], 'registry', 300],
  ['has a layer not begun', ['Pulling fs layer'], 'registry', 300],
  ['cuts a layer', ['Retrying in 5 seconds'], 'registry', 300],
  ['unpacks', ['Pull complete', 'Extracting', 'Already exists'], 'engine', 1_800],
  ['waits for its turn', ['Download complete', 'Waiting'], 'engine', 1_800],
])('a pull that %s ends after a silence', (_, states, silent, after) => {
  const { lines, over, silence } = watch()
  silence.heard({ id: '1', status: 'Pulling from team/app' })
  for (const [id, status] of states.entries()) silence.heard({ id: `layer ${id}`, status })
  seconds(after - 1)
  expect(over).toEqual([])
  expect(lines.every((line) => line.includes(silent))).toBe(true)
  seconds(1)
  expect(over).toEqual([expect.stringContaining(silent)])
})
