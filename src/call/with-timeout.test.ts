import { expect, test } from 'vitest'
import { withTimeout } from './with-timeout.ts'

const never = () => new Promise<never>(() => {})

test('withTimeout aborts the signal of its work, and ignores what the work throws then', async () => {
  const { promise: heard, resolve } = Promise.withResolvers<void>()
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => {
        resolve()
        reject(new Error('the work was interrupted'))
      }),
    )
  const waiting = withTimeout('counting', { timeoutMs: 5 }, work)
  await expect(waiting).rejects.toMatchObject({ code: 'TIMEOUT' })
  await heard
})

test('withTimeout does not begin when the caller has aborted before', async () => {
  let began = false
  const early = withTimeout('counting', { signal: AbortSignal.abort() }, async () => {
    began = true
  })
  await expect(early).rejects.toMatchObject({ code: 'ABORTED' })
  expect(began).toBe(false)
})

test('withTimeout has no time limit with Infinity', async () => {
  const { promise, resolve } = Promise.withResolvers<string>()
  const waiting = withTimeout('counting', { timeoutMs: Number.POSITIVE_INFINITY }, () => promise)
  setTimeout(resolve, 5, 'done')
  expect(await waiting).toBe('done')
})

test('evidence of withTimeout can come later, with message, remedy, facts and cause', async () => {
  const failure = new Error('refused')
  const waiting = withTimeout('counting', { timeoutMs: 1 }, never, async () => ({
    seen: '2 of 3',
    remedy: 'count faster',
    facts: { counted: 2 },
    cause: failure,
  }))
  await expect(waiting).rejects.toMatchObject({
    summary: 'counting took longer than 1 ms: 2 of 3',
    remedy: 'count faster',
    facts: { awaited: 'counting', counted: 2, timeoutMs: 1 },
    cause: failure,
  })
})

test('evidence knows whether the caller aborted, and its remedy is only for a timeout', async () => {
  const codes: string[] = []
  const waiting = withTimeout('counting', { signal: AbortSignal.abort() }, never, (code) => {
    codes.push(code)
    return { remedy: 'count faster' }
  })
  await expect(waiting).rejects.toMatchObject({ code: 'ABORTED', remedy: undefined })
  expect(codes).toEqual(['ABORTED'])
})
