import { EventEmitter } from 'node:events'
import { connect } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { callForeign, guardProcess } from './foreign-code.ts'

const never = () => new Promise<never>(() => undefined)

const reported: [string, string][] = []
let guard: Disposable
let before: NodeJS.UncaughtExceptionListener[]
let rejectionsBefore: NodeJS.UnhandledRejectionListener[]

// Vitest's own listeners would fail the run.
beforeEach(() => {
  before = process.listeners('uncaughtException')
  rejectionsBefore = process.listeners('unhandledRejection')
  process.removeAllListeners('uncaughtException')
  process.removeAllListeners('unhandledRejection')
  reported.length = 0
  guard = guardProcess({
    foreign: (name, error) => void reported.push([name, String(error)]),
    own: (kind, error) => void reported.push([kind, String(error)]),
  })
})
afterEach(() => {
  guard[Symbol.dispose]()
  for (const listener of before) process.on('uncaughtException', listener)
  for (const listener of rejectionsBefore) process.on('unhandledRejection', listener)
})

const late = (act: () => unknown): void => {
  setTimeout(act, 1)
}
const fail = () => {
  throw new Error('hostile')
}

test.each<[string, () => unknown]>([
  ['throws in a timer', () => late(fail)],
  ['throws in a microtask', () => queueMicrotask(fail)],
  ['throws in the next tick', () => process.nextTick(fail)],
  ['drops a promise that rejects', () => void Promise.reject(new Error('hostile'))],
  ['drops an async function', () => late(async () => fail())],
  [
    'emits an error without a listener',
    () => {
      late(() => new EventEmitter().emit('error', new Error('hostile')))
    },
  ],
])('code of others that %s fails its call, not the process', async (_, act) => {
  const call = callForeign('that code', () => {
    act()
    return never()
  })
  await expect(call).rejects.toThrow('hostile')
  expect(reported).toEqual([['that code', 'Error: hostile']])
})

test('a socket of code of others that breaks without a listener fails its call', async () => {
  const call = callForeign('that code', () => {
    connect(1, '127.0.0.1')
    return never()
  })
  await expect(call).rejects.toThrow('ECONNREFUSED')
})

test('code of others cannot end the process', async () => {
  await expect(callForeign('that code', async () => process.exit(3))).rejects.toThrow(
    'that code called process.exit(3)',
  )
  const call = callForeign('that code', () => {
    late(() => process.exit())
    return never()
  })
  await expect(call).rejects.toThrow('that code called process.exit()')
})

test('what code of others throws after its call is reported under its name', async () => {
  const told = Promise.withResolvers<void>()
  const value = await callForeign('that code', async () => {
    setTimeout(() => {
      setImmediate(told.resolve)
      fail()
    }, 20)
    return 7
  })
  expect(value).toBe(7)
  await told.promise
  expect(reported).toEqual([['that code', 'Error: hostile']])
})

test('an error of this process is its own, during a call of others, too', async () => {
  const told = Promise.withResolvers<void>()
  const call = callForeign('that code', () => told.promise)
  setTimeout(() => {
    setImmediate(told.resolve)
    throw new Error('own defect')
  }, 1)
  await call
  expect(reported).toEqual([['exception', 'Error: own defect']])
})

test('code of others that never answers fails its call', async () => {
  await expect(callForeign('that code', never, 20)).rejects.toThrow('did not answer within 20 ms')
})
