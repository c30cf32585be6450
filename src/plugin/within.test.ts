import { expect, test } from 'vitest'
import { within } from './within.ts'

const never = () => new Promise<never>(() => {})

test('the value of the work, or its error', async () => {
  expect(await within('counting', {}, async () => 3)).toBe(3)
  const refused = new Error('refused')
  await expect(within('counting', {}, () => Promise.reject(refused))).rejects.toBe(refused)
})

test('work that heeds no signal ends when its time is over, with what did come', async () => {
  const waiting = within('counting', { timeoutMs: 5 }, never, () => ['one', 'two'])
  await expect(waiting).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: 'counting took longer than 5 ms',
    facts: { awaited: 'counting' },
    details: ['one', 'two'],
  })
})

test('work hears of the end by its signal, and what it says then is not told', async () => {
  const { promise: heard, resolve } = Promise.withResolvers<void>()
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => {
        resolve()
        reject(new Error('the work was interrupted'))
      }),
    )
  await expect(within('counting', { timeoutMs: 5 }, work)).rejects.toMatchObject({
    code: 'TIMEOUT',
  })
  await heard
})

test('a caller calls it off, before it began or after, and the reason is the cause', async () => {
  const reason = new Error('enough')
  let began = false
  const early = within('counting', { signal: AbortSignal.abort(reason) }, async () => {
    began = true
  })
  await expect(early).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
  expect(began).toBe(false)
  const stop = new AbortController()
  const late = within('counting', { signal: stop.signal }, never)
  stop.abort(reason)
  await expect(late).rejects.toMatchObject({ code: 'ABORTED', cause: reason })
})
