import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defaultPatience } from '../api/patience.ts'
import { watchBuildSilence } from './build-silence.ts'
import type { BuildPart, BuildStep } from './buildkit-status.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const watch = () => {
  const lines: string[] = []
  const over: string[] = []
  const silence = watchBuildSilence({
    patience: defaultPatience,
    onProgress: (line) => lines.push(line),
    onOver: ({ message }) => over.push(message),
  })
  const step = (name: string, more: Partial<BuildStep> = {}) => {
    const begun = { digest: name, name, cached: false, started: true, completed: false, error: '' }
    silence.heard({ steps: [{ ...begun, ...more }], parts: [], output: [] })
  }
  const part = (name: string, current: number, more: Partial<BuildPart> = {}) => {
    const of = { step: from, name, current, completed: false }
    silence.heard({ steps: [], parts: [{ ...of, ...more }], output: [] })
  }
  return { lines, over, step, part, silence }
}

const seconds = (count: number): void => void vi.advanceTimersByTime(count * 1_000)
const from = '[build 1/3] FROM reg.example/team/app:1@sha256:00'

test.each([
  ['[internal] load metadata for reg.example/team/app:1', 'reg.example'],
  ['resolve image config for docker-image://docker.io/docker/dockerfile:1', 'docker.io'],
  ['docker-image://reg.example/docker/dockerfile:1', 'reg.example'],
  ['importing cache manifest from reg.example/team/app:cache', 'reg.example'],
  [from, 'reg.example'],
  ['FROM reg.example/tools:1', 'reg.example'],
])('a registry that is silent in the step %j ends the build', (name, registry) => {
  const { lines, over, step } = watch()
  step(name)
  seconds(299)
  expect(over).toEqual([])
  expect(lines[0]).toBe(`no word from the registry ${registry} for 30 s`)
  seconds(1)
  expect(over).toEqual([`no word from the registry ${registry} for 300 s`])
})

test.each(['[2/3] RUN make', '[internal] load build context', 'exporting to image'])(
  'the step %j may be silent',
  (name) => {
    const { lines, over, step } = watch()
    step(name)
    seconds(10_000)
    expect([lines, over]).toEqual([[], []])
  },
)

test('a layer that grows is a word of the registry, a step that is repeated is not', () => {
  const { over, step, part } = watch()
  step(from)
  for (let passed = 0; passed < 1_000; passed += 20) {
    part('sha256:aa', passed)
    seconds(20)
  }
  expect(over).toEqual([])
  for (let passed = 0; passed < 300; passed += 20) {
    step(from)
    part('sha256:aa', 980)
    seconds(20)
  }
  expect(over).toHaveLength(1)
})

test('a layer that is unpacked is the work of the engine', () => {
  const { lines, over, step, part } = watch()
  step(from)
  part('sha256:aa', 1, { completed: true })
  part('extracting sha256:aa', 0)
  seconds(1_799)
  expect(over).toEqual([])
  expect(lines.at(-1)).toContain('the engine has reported nothing')
  seconds(1)
  expect(over).toHaveLength(1)
})

test('a pull that has ended, failed or was given up is not watched', () => {
  const { lines, over, step, silence } = watch()
  step(from)
  step(from, { completed: true })
  step('FROM a')
  step('FROM a', { error: 'not found' })
  step('FROM b')
  silence[Symbol.dispose]()
  seconds(10_000)
  expect([lines, over]).toEqual([[], []])
})
