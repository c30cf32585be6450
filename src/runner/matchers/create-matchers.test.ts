import { expect, test } from 'vitest'
import { timedOut } from '../../call/deadline.ts'
import { type Expectation, type ExpectOptions, expectations } from '../../define/expectations.ts'
import { definePlugin, defineTopology } from '../../index.ts'
import { createMatchers, type MatcherFunction } from './create-matchers.ts'

const box = definePlugin({
  name: 'box',
  service: () => ({ image: 'box' }),
  client: () => ({ [expectations]: { toHold: () => ({}) as Expectation } }),
  matchers: ['toHold'],
})
const topology = defineTopology({
  name: 'matchers',
  services: { box: box(), other: box(), api: { image: 'api' } },
})
const matchers = createMatchers(topology)
const toHold = matchers.toHold as MatcherFunction
const toContainLine = matchers.toContainLine as MatcherFunction

/** A handle with what is in `held`; a wait for more ends at once. */
const handle = (held: unknown[], over: Partial<Expectation> = {}) => ({
  name: 'box',
  [expectations]: {
    toHold: (options?: ExpectOptions): Expectation => ({
      awaited: 'a thing in box',
      options,
      wait: async ({ timeoutMs = 0 }) => {
        if (held.length > 0) return held[0]
        throw timedOut('waiting for a thing in box', timeoutMs, { details: ['another'] })
      },
      present: () => held,
      lineOf: (value) => `<${value}>`,
      ...over,
    }),
  },
})
const not = { isNot: true }
const messageOf = async (verdict: ReturnType<MatcherFunction>) => (await verdict).message()

test('a matcher holds for what is there, and fails with what was there instead', async () => {
  expect(await toHold.call({}, handle(['a']))).toMatchObject({ pass: true })
  const failed = toHold.call({}, handle([]), { timeoutMs: 5 })
  expect(await failed).toMatchObject({ pass: false })
  expect(await messageOf(failed)).toBe(
    [
      'expect(box).toHold failed: waiting for a thing in box took longer than 5 ms [TIMEOUT]',
      '  - another',
      '  remedy: raise timeoutMs of this call, or check the logs for what it waits for',
    ].join('\n'),
  )
})

test('the timeout is that of the call, else that of the runner, else ten seconds', async () => {
  const asked: unknown[] = []
  const given = handle([], {
    wait: async ({ timeoutMs }) => {
      asked.push(timeoutMs)
    },
  })
  await toHold.call({ timeout: 7 }, given, { timeoutMs: 3 })
  await toHold.call({ timeout: 7 }, given)
  await toHold.call({}, given)
  expect(asked).toEqual([3, 7, 10_000])
})

test('with not it fails at once for what is there', async () => {
  const verdict = toHold.call(not, handle(['a', 'b']))
  expect(await verdict).toMatchObject({ pass: true })
  expect(await messageOf(verdict)).toBe(
    'expect(box).not.toHold failed: found a thing in box\n  - <a>\n  - <b>',
  )
})

test('with not it holds when nothing is there, and when nothing comes during the time', async () => {
  expect(await toHold.call(not, handle([]))).toMatchObject({ pass: false })
  expect(await toHold.call(not, handle([]), { duringMs: 5 })).toMatchObject({ pass: false })
})

test('with not it fails for what comes during the time', async () => {
  const verdict = toHold.call(not, handle([], { wait: async () => 'late' }), { duringMs: 5 })
  expect(await messageOf(verdict)).toBe(
    'expect(box).not.toHold failed: found a thing in box within 5 ms\n  - <late>',
  )
})

test('with not it waits for what can go away', async () => {
  let looks = 0
  const going = { leaves: true, present: () => (++looks < 3 ? ['a'] : []) }
  expect(await toHold.call(not, handle([], going))).toMatchObject({ pass: false })
  expect(looks).toBe(3)
  const staying = handle(['a'], { leaves: true })
  expect(await messageOf(toHold.call(not, staying, { timeoutMs: 1 }))).toBe(
    'expect(box).not.toHold failed: found a thing in box, still after 1 ms\n  - <a>',
  )
})

test('with not it ends when the caller aborts', async () => {
  const signal = AbortSignal.timeout(5)
  const staying = handle(['a'], { leaves: true })
  await expect(toHold.call(not, staying, { signal })).rejects.toMatchObject({ code: 'ABORTED' })
})

test('what is not a failed expectation is thrown, also with not', async () => {
  const broken = handle([], {
    wait: () => Promise.reject(new Error('no')),
    present: () => Promise.reject(new Error('no')),
  })
  await expect(toHold.call({}, broken)).rejects.toThrow('no')
  await expect(toHold.call(not, broken)).rejects.toThrow('no')
  const away = handle([], {
    wait: async () => {
      throw timedOut('waiting', 5, { cause: new Error('connection refused') })
    },
  })
  await expect(toHold.call(not, away, { duringMs: 5 })).rejects.toMatchObject({ code: 'TIMEOUT' })
  expect(await messageOf(toHold.call({}, away))).toMatch(
    /the last look failed: connection refused$/,
  )
})

test('options that no matcher takes are refused with all faults', async () => {
  await expect(
    toHold.call({}, handle([]), { timeout: 1, duringMs: -1 } as never),
  ).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    message: expect.stringMatching(/options\.timeout.*[\s\S]*options\.duringMs/),
  })
})

test('the error of a wrong value names the right ones', async () => {
  await expect(toHold.call({}, { name: 'api', logs: {} })).rejects.toMatchObject({
    code: 'ARGUMENT_INVALID',
    summary: 'expect(api) has no toHold',
    remedy: 'use expect(box).toHold(…) or expect(other).toHold(…)',
  })
  const api = { name: 'api', logs: { [expectations]: { toContainLine: () => ({}) } } }
  await expect(toContainLine.call({}, api)).rejects.toMatchObject({
    remedy: 'use expect(api.logs).toContainLine(…)',
  })
  await expect(toContainLine.call({}, handle([]))).rejects.toMatchObject({
    summary: 'expect(box) has no toContainLine, but toHold',
    remedy: expect.stringContaining('expect(api.logs)'),
  })
  for (const value of [undefined, null, 1, 'text', () => {}])
    await expect(toHold.call({}, value)).rejects.toMatchObject({ code: 'ARGUMENT_INVALID' })
})

test('the wait is a call of the record where the handle has one', async () => {
  const seen: unknown[] = []
  const recorded = async <R>(work: () => Promise<R>): Promise<R> => {
    try {
      return await work()
    } catch (error) {
      seen.push((error as Error).message)
      throw error
    }
  }
  expect(await toHold.call({}, handle([], { recorded }), { timeoutMs: 1 })).toMatchObject({
    pass: false,
  })
  expect(seen).toEqual([expect.stringMatching(/^expect\(box\)\.toHold failed: /)])
})
