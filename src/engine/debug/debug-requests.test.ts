import { afterEach, expect, test } from 'vitest'
import { waitClock } from '../../call/wait-clock.ts'
import { DebugRequests } from './debug-requests.ts'

afterEach(() => expect(waitClock.suspended).toEqual([]))

/** Requests of which a call has one, of a program that waits at its first line. */
const waiting = () => {
  const requests = new DebugRequests()
  requests.ask('person', { break: true })
  return requests
}

test('the clock stands still until a debugger lets the program go on', () => {
  const requests = waiting()
  using _starting = requests.starting('api')
  expect(waitClock.suspended).toEqual(['api waits for a debugger'])
  requests.wentOn()
  expect(waitClock.suspended).toEqual([])
})

test('the clock goes on when the last client leaves, and stands still again for the next one', () => {
  const requests = waiting()
  {
    using _starting = requests.starting('api')
    requests.leave()
    expect(waitClock.suspended).toEqual([])
  }
  {
    using _starting = requests.starting('api')
    expect(waitClock.suspended).toEqual([])
  }
  requests.arrive()
  using _starting = requests.starting('api')
  expect(waitClock.suspended).toEqual(['api waits for a debugger'])
})

test('the call of a person stops the clock without a client, until it ends', () => {
  const requests = waiting()
  requests.leave()
  const call = requests.calling()
  using _starting = requests.starting('api')
  expect(waitClock.suspended).toEqual(['api waits for a debugger'])
  requests.leave()
  expect(waitClock.suspended).toEqual(['api waits for a debugger'])
  call[Symbol.dispose]()
  expect(waitClock.suspended).toEqual([])
})
