import { afterEach, expect, test, vi } from 'vitest'
import { waitClock } from '../call/wait-clock.ts'
import { isDebugging, onDebuggerPause } from './debugging.ts'

afterEach(() => void vi.unstubAllEnvs())

test('tests are debugged when MESOCOSM_DEBUG names services', () => {
  vi.stubEnv('MESOCOSM_DEBUG', 'api')
  expect(isDebugging()).toBe(true)
  vi.stubEnv('MESOCOSM_DEBUG', '')
  expect(isDebugging()).toBe(false)
})

test.each([
  ['--inspect', true],
  ['--no-warnings --inspect-brk=9230', true],
  ['--inspect-wait', true],
  ['--inspect-port=9230', false],
  ['--no-warnings', false],
])('with NODE_OPTIONS %s a debugger is open: %s', (options, is) => {
  vi.stubEnv('NODE_OPTIONS', options)
  expect(isDebugging()).toBe(is)
})

test('onDebuggerPause calls back when the clock stops, not when it goes on', () => {
  const listener = vi.fn()
  using watch = onDebuggerPause(listener)
  waitClock.suspend('a test')[Symbol.dispose]()
  expect(listener).toHaveBeenCalledOnce()
  watch[Symbol.dispose]()
  waitClock.suspend('a test')[Symbol.dispose]()
  expect(listener).toHaveBeenCalledOnce()
})
