import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { liveness, ownIdentity, readIdentity, writeIdentity } from './owner-identity.ts'

test('an identity is the same after it was written and read', () => {
  expect(readIdentity(writeIdentity(ownIdentity()))).toEqual(ownIdentity())
})

test.each(['', 'x', 'a|b', 'a|b|pid|1', 'a|b|1'])('%j names nobody', (text) => {
  expect(readIdentity(text)).toBeUndefined()
})

test('this process lives', () => {
  expect(liveness(ownIdentity())).toBe('alive')
})

test('a process that has ended is dead', () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  expect(liveness({ ...ownIdentity(), pid })).toBe('dead')
})

test('a process of another boot is dead, though the number is in use again', () => {
  expect(liveness({ ...ownIdentity(), boot: 'before' })).toBe('dead')
})

test.runIf(process.platform === 'linux')('so is one whose number another process has now', () => {
  expect(liveness({ ...ownIdentity(), startTime: '1' })).toBe('dead')
})

test('of another host nothing is known', () => {
  expect(liveness({ ...ownIdentity(), host: 'elsewhere' })).toBe('unknown')
})
