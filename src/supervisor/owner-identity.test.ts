import { spawnSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { liveness, ownIdentity, readIdentity, writeIdentity } from './owner-identity.ts'

test('an identity survives writing and reading', () => {
  expect(readIdentity(writeIdentity(ownIdentity()))).toEqual(ownIdentity())
})

test.each(['', 'x', 'a|b', 'a|b|pid|1', 'a|b|1'])(
  'readIdentity returns undefined for %j',
  (text) => {
    expect(readIdentity(text)).toBeUndefined()
  },
)

test('this process lives', () => {
  expect(liveness(ownIdentity())).toBe('alive')
})

test('an exited process is dead', () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  expect(liveness({ ...ownIdentity(), pid })).toBe('dead')
})

test('a process of another boot is dead even if its id is in use', () => {
  expect(liveness({ ...ownIdentity(), boot: 'before' })).toBe('dead')
})

test.runIf(process.platform === 'linux')(
  'a process is dead when another process has its id now',
  () => {
    expect(liveness({ ...ownIdentity(), startTime: '1' })).toBe('dead')
  },
)

test('the liveness of a process on another host is unknown', () => {
  expect(liveness({ ...ownIdentity(), host: 'elsewhere' })).toBe('unknown')
})
