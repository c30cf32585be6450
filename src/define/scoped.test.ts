import { expect, test } from 'vitest'
import { scoped } from './scoped.ts'

const createSwitch = (undo: () => Promise<void> = async () => {}) => {
  const log: string[] = []
  const on = scoped(async (value: string, options: { readonly loud?: boolean } = {}) => {
    log.push(`on ${value}${options.loud ? '!' : ''}`)
    return async () => {
      log.push(`off ${value}`)
      await undo()
    }
  })
  return { log, on }
}

test('without a callback the change lasts until the result is disposed, and is undone once', async () => {
  const { log, on } = createSwitch()
  const change = await on('a', { loud: true })
  expect(log).toEqual(['on a!'])
  await change[Symbol.asyncDispose]()
  await change[Symbol.asyncDispose]()
  expect(log).toEqual(['on a!', 'off a'])
})

test('disposing tries again if the undoing failed', async () => {
  let failures = 1
  const { log, on } = createSwitch(async () => {
    if (failures-- > 0) throw new Error('busy')
  })
  const change = await on('a')
  await expect(change[Symbol.asyncDispose]()).rejects.toThrow('busy')
  await change[Symbol.asyncDispose]()
  expect(log).toEqual(['on a', 'off a', 'off a'])
})

test('with a callback the change lasts while it runs, and its result is returned', async () => {
  const { log, on } = createSwitch()
  const result = await on('a', () => log.push('use'), { loud: true })
  expect([result, log]).toEqual([2, ['on a!', 'use', 'off a']])
})

test('a callback that fails has its change undone', async () => {
  const { log, on } = createSwitch()
  const failed = on('a', () => Promise.reject(new Error('mine')))
  await expect(failed).rejects.toThrow('mine')
  expect(log).toEqual(['on a', 'off a'])
})

test('when callback and undoing fail, the error of the callback has the other as its cause', async () => {
  const { on } = createSwitch(() => Promise.reject(new Error('second')))
  const failed = on('a', () => Promise.reject(new Error('first')))
  await expect(failed).rejects.toMatchObject({ message: 'first', cause: { message: 'second' } })
  await expect(on('b', () => {})).rejects.toThrow('second')
})
