import { expect, test } from 'vitest'
import { runnerSlot } from './runner-slot.ts'

// These tests run in a child of the runner or in a thread of it: both are read off the process.
const { runner: inside } = runnerSlot({ VITEST_POOL_ID: '1' })

test.each([
  [{ VITEST_POOL_ID: '3' }, 'vitest-3'],
  [{ TEST_PARALLEL_INDEX: '0' }, 'playwright-0'],
  [{ JEST_WORKER_ID: '2' }, 'jest-2'],
  [{ BUN_TEST_WORKER_ID: '2', JEST_WORKER_ID: '2' }, 'bun-2'],
  [{ MOCHA_WORKER_ID: '1' }, 'mocha-1'],
  [{ NODE_TEST_CONTEXT: 'child-v8', NODE_TEST_WORKER_ID: '4' }, 'node-4'],
  [{ NODE_TEST_CONTEXT: 'child-v8' }, 'node-1'],
])('%j is slot %s', (env, slot) => {
  expect(runnerSlot(env).slot).toBe(slot)
})

test('a process outside of a runner has no slot and is a run of its own', () => {
  expect(runnerSlot({})).toEqual({ runner: process.pid, slot: undefined })
})

test('workers of one runner share a run', () => {
  expect([process.pid, process.ppid]).toContain(inside)
  expect(runnerSlot({ MOCHA_WORKER_ID: '0' }).runner).toBe(inside)
  expect(runnerSlot({ TEST_PARALLEL_INDEX: '0' }).runner).toBe(process.ppid)
  expect(runnerSlot({ BUN_TEST_WORKER_ID: '1' }).runner).toBe(process.ppid)
})
