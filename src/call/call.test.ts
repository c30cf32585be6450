import { expect, test } from 'vitest'
import { causeOf, joinCalls, openCall, unlimited } from './call.ts'
import { Deadline } from './deadline.ts'
import { until } from './until.ts'
import { createWaker } from './waker.ts'
import { raced, withTimeout } from './with-timeout.ts'

const never = () => new Promise<never>(() => {})

test('withTimeout returns what the work returns and throws what it throws', async () => {
  expect(await withTimeout('reading', {}, async () => 42)).toBe(42)
  await expect(withTimeout('reading', {}, () => Promise.reject(new Error('no')))).rejects.toThrow(
    'no',
  )
})

test('withTimeout rejects with TIMEOUT when the work ignores its signal', async () => {
  await expect(
    withTimeout('reading a.txt', { timeoutMs: 1 }, never, () => ['there is b.txt']),
  ).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: 'reading a.txt took longer than 1 ms',
    details: ['there is b.txt'],
    facts: { awaited: 'reading a.txt', timeoutMs: 1 },
  })
})

test("withTimeout rejects with ABORTED and the caller's reason when the caller aborts", async () => {
  const reason = new Error('enough')
  const abort = new AbortController()
  const work = withTimeout('reading', { signal: abort.signal }, never)
  abort.abort(reason)
  await expect(work).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
  const late = withTimeout('reading', { signal: abort.signal }, () =>
    Promise.reject(new Error('not called')),
  )
  await expect(late).rejects.toMatchObject({ code: 'ABORTED' })
})

test('a deadline without limits never passes', () => {
  using deadline = new Deadline('waiting')
  expect(deadline).toMatchObject({ passed: false, remainingMs: undefined })
  expect(() => deadline.assertOpen()).not.toThrow()
})

test('a deadline counts down and is over at once when the caller has aborted before', () => {
  using deadline = new Deadline('waiting', { timeoutMs: 60_000 })
  expect(deadline.remainingMs).toBeGreaterThan(0)
  expect(deadline.remainingMs).toBeLessThanOrEqual(60_000)
  using over = new Deadline('waiting', { timeoutMs: 60_000, signal: AbortSignal.abort() })
  expect(over.passed).toBe(true)
  expect(() => over.assertOpen()).toThrow(/waiting was aborted/)
})

test('raced work that fails after the deadline is not an unhandled rejection', async () => {
  const abort = new AbortController()
  using deadline = new Deadline('waiting', { signal: abort.signal })
  const work = Promise.withResolvers<never>()
  const waiting = raced(deadline, () => work.promise)
  abort.abort()
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED' })
  work.reject(new Error('later'))
  await work.promise.catch(() => {})
})

test('until looks again after each wake and returns what it finds', async () => {
  using deadline = new Deadline('the third look')
  const waker = createWaker()
  let looks = 0
  const found = await until(
    deadline,
    () => {
      looks++
      waker.wake()
      return looks === 3 ? { found: 'it' } : { seen: `look ${looks}` }
    },
    { waker },
  )
  expect([found, looks]).toEqual(['it', 3])
})

test('until says what it saw last when its time is over', async () => {
  using deadline = new Deadline('a mail to a@b.co', { timeoutMs: 1 })
  const work = until(deadline, () => ({ seen: '2 other mails' }), {
    everyMs: 1,
    evidence: () => ({ details: ['from c@d.co'] }),
  })
  await expect(work).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: 'a mail to a@b.co took longer than 1 ms: last seen: 2 other mails',
    details: ['from c@d.co'],
  })
})

test('a wake that comes before the sleep is not lost', async () => {
  const waker = createWaker()
  waker.wake()
  await waker.sleep()
  const next = waker.sleep()
  waker.wake()
  await next
  await waker.sleep(AbortSignal.abort())
})

test('a sleep that times out does not consume a later wake', async () => {
  const waker = createWaker()
  await waker.sleep(undefined, 1)
  waker.wake()
  // Hangs if the wake is lost.
  await waker.sleep()
})

test('a call names its test and its span as the cause of events', () => {
  using call = openCall('the restart of api', { test: 't#0', span: 'w1.2' })
  expect(causeOf(call)).toEqual({ x: 't#0', p: 'w1.2' })
  using own = unlimited('the end of the run')
  expect(causeOf(own)).toEqual({})
})

test('joined calls are aborted only when all callers have given up', () => {
  const [one, two] = [new AbortController(), new AbortController()]
  using first = openCall('first', { test: 't#0', span: 'w1.1' }, { signal: one.signal })
  using second = openCall('second', { span: 'w2.1' }, { signal: two.signal })
  using joined = joinCalls([first, second])
  expect(joined).toMatchObject({ test: 't#0', span: 'w1.1', also: ['w2.1'] })
  one.abort()
  expect(() => joined.assertOpen()).not.toThrow()
  two.abort()
  expect(joined.signal.aborted).toBe(true)
  expect(() => joined.assertOpen()).toThrow(/first was aborted/)
})
