import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { openSignals } from './signals.ts'

const fakeProcess = () => new EventEmitter() as unknown as NodeJS.Process

test('a signal before the command aborts the start, and is not taken from a command', () => {
  const process = fakeProcess()
  using signals = openSignals(process)
  process.emit('SIGTERM', 'SIGTERM')
  expect(signals.early).toBe('SIGTERM')
  expect(signals.aborted.aborted).toBe(true)
})

test('a command gets signals until it ends, of two SIGINT within a second one', () => {
  const process = fakeProcess()
  using signals = openSignals(process)
  const taken: string[] = []
  {
    using _ = signals.to((signal) => taken.push(signal))
    for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGTERM'] as const)
      process.emit(signal, signal)
  }
  process.emit('SIGHUP', 'SIGHUP')
  expect(taken).toEqual(['SIGINT', 'SIGTERM', 'SIGTERM'])
  expect(signals.taken).toBe(true)
})

test('disposing gives the signals back', () => {
  const process = fakeProcess()
  openSignals(process)[Symbol.dispose]()
  expect(process.listenerCount('SIGINT')).toBe(0)
})
