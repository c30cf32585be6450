import { expect, test } from 'vitest'
import { createSharedWork } from './shared-work.ts'

const gate = () => {
  const made: { open: () => void } = { open: () => undefined }
  const opened = new Promise<void>((resolve) => {
    made.open = resolve
  })
  return { opened, open: () => made.open() }
}

test('concurrent callers with the same key share the work, and each gets the progress', async () => {
  const share = createSharedWork<number>()
  const { opened, open } = gate()
  const count = { value: 0 }
  const lines: string[] = []
  const ask = (name: string) =>
    share(
      'key',
      { onProgress: (line) => lines.push(`${name} ${line}`) },
      async ({ onProgress }) => {
        await opened
        onProgress('half')
        return ++count.value
      },
    )
  const both = Promise.all([ask('a'), ask('b')])
  open()
  expect(await both).toEqual([1, 1])
  expect(lines).toEqual(['a half', 'b half'])
  expect(await ask('c')).toBe(2)
})

test('callers with different keys do not share work', async () => {
  const share = createSharedWork<string>()
  const work = (key: string) => share(key, {}, async () => key)
  expect(await Promise.all([work('a'), work('b')])).toEqual(['a', 'b'])
})

test('failed work fails for all callers, and runs again for the next', async () => {
  const share = createSharedWork<string>()
  const failing = () => share('key', {}, () => Promise.reject(new Error('no')))
  const outcomes = await Promise.allSettled([failing(), failing()])
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(await share('key', {}, async () => 'yes')).toBe('yes')
})

test('one caller can abort alone, and the work stops with the last one', async () => {
  const share = createSharedWork<string>()
  const stopped = gate()
  const ask = (signal: AbortSignal) =>
    share('key', { signal }, async ({ signal: stop }) => {
      await new Promise((resolve) => stop.addEventListener('abort', resolve))
      stopped.open()
      return 'stopped'
    })
  const [one, two] = [new AbortController(), new AbortController()]
  const outcomes = [ask(one.signal), ask(two.signal)]
  one.abort(new Error('first leaves'))
  await expect(outcomes[0]).rejects.toThrow('first leaves')
  two.abort(new Error('second leaves'))
  await expect(outcomes[1]).rejects.toThrow('second leaves')
  await stopped.opened
})
