import { expect, onTestFinished, test, vi } from 'vitest'
import { type PollOptions, pollArrivals } from './poll-arrivals.ts'

const away = new Error('away')

const source = (over: Partial<PollOptions<string>>): PollOptions<string> => ({
  awaited: 'a mail with b in box',
  noun: 'mail',
  remedy: 'send one',
  lineOf: (mail) => `> ${mail}`,
  look: async () => [],
  matches: (mail) => mail === 'b',
  isAway: (error) => error === away,
  ...over,
})

test('pollArrivals returns what has arrived without following the server', async () => {
  const follow = () => Promise.reject(new Error('not called'))
  expect(await pollArrivals(source({ look: async () => ['a', 'b'], follow }))).toBe('b')
})

test('pollArrivals with a timeout of 0 looks once', async () => {
  let looks = 0
  const look = (box: readonly string[]) => async () => {
    looks += 1
    return box
  }
  const limits = { timeoutMs: 0 }
  expect(await pollArrivals(source({ look: look(['a', 'b']) }), limits)).toBe('b')
  await expect(pollArrivals(source({ look: look(['a']) }), limits)).rejects.toMatchObject({
    code: 'TIMEOUT',
    details: ['> a'],
    facts: { timeoutMs: 0, arrived: 1 },
  })
  const failing = source({ look: () => Promise.reject(away) })
  await expect(pollArrivals(failing, limits)).rejects.toMatchObject({
    code: 'TIMEOUT',
    cause: away,
  })
  expect(looks).toBe(2)
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(pollArrivals(failing, { ...limits, signal })).rejects.toMatchObject({
    code: 'ABORTED',
  })
})

test('pollArrivals looks again at news, and ends the following when it has found it', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const box: string[] = []
  let ended = false
  const follow = (onNews: () => void, signal: AbortSignal) => {
    onNews()
    box.push('b')
    onNews()
    return new Promise<void>((resolve) =>
      signal.addEventListener('abort', () => {
        ended = true
        resolve()
      }),
    )
  }
  // The clock stands still, so no look is by a timer.
  expect(await pollArrivals(source({ look: async () => [...box], follow }))).toBe('b')
  expect(ended).toBe(true)
})

test('news during a look are not lost', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  const box: string[] = []
  let news = () => {}
  let looks = 0
  const look = async () => {
    const seen = [...box]
    if (++looks === 2) {
      box.push('b')
      news()
    }
    return seen
  }
  const follow = (onNews: () => void, signal: AbortSignal) => {
    news = onNews
    onNews()
    return new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
  }
  expect(await pollArrivals(source({ look, follow }))).toBe('b')
  expect(looks).toBe(3)
})

test('pollArrivals looks by a timer when the server reports nothing', async () => {
  let looks = 0
  const look = async () => (++looks === 3 ? ['b'] : [])
  expect(await pollArrivals(source({ look }))).toBe('b')
  const failing = source({ look, follow: () => Promise.reject(new Error('no events')) })
  looks = 0
  expect(await pollArrivals(failing)).toBe('b')
})

test('pollArrivals waits for a server that is away, and names it as the cause of a timeout', async () => {
  let looks = 0
  const back = async () => (++looks < 3 ? Promise.reject(away) : ['b'])
  expect(await pollArrivals(source({ look: back }))).toBe('b')
  const gone = pollArrivals(source({ look: () => Promise.reject(away) }), { timeoutMs: 1 })
  await expect(gone).rejects.toMatchObject({ code: 'TIMEOUT', cause: away })
})

test('pollArrivals throws other failures of a look, and what the predicate throws', async () => {
  const refused = new Error('refused')
  await expect(pollArrivals(source({ look: () => Promise.reject(refused) }))).rejects.toBe(refused)
  const matches = () => Promise.reject(new Error('mine'))
  await expect(pollArrivals(source({ look: async () => ['a'], matches }))).rejects.toThrow('mine')
})

test('the error of pollArrivals has what did arrive, and facts of the caller', async () => {
  const waiting = pollArrivals(
    source({ look: async () => ['a', 'c'], facts: (mails) => ({ last: mails.at(-1) }) }),
    { timeoutMs: 20 },
  )
  await expect(waiting).rejects.toMatchObject({
    code: 'TIMEOUT',
    summary: 'waiting for a mail with b in box took longer than 20 ms: 2 other mails arrived',
    remedy: 'compare with the mails above',
    details: ['> a', '> c'],
    facts: { arrived: 2, last: 'c' },
  })
})
