import { spawn, spawnSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { expect, test, vi } from 'vitest'
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

/** Whether this process can make a pid namespace, and is outside of all others. */
const canMakeSpace =
  process.platform === 'linux' &&
  readlinkSync('/proc/self/ns/pid') === 'pid:[4026531836]' &&
  spawnSync('unshare', ['--pid', '--fork', 'true']).status === 0

test.runIf(canMakeSpace)(
  'an owner in a pid namespace of its own is dead when no process of that namespace is left',
  async () => {
    const child = spawn('unshare', ['--pid', '--fork', '--kill-child', 'sh', '-c', inside])
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const space = String((await lines.next()).value)
    const owner = { ...ownIdentity(), host: 'the container', pid: 1, space }
    expect(space).not.toBe(readlinkSync('/proc/self/ns/pid'))
    expect(liveness(owner)).toBe('unknown')
    const ended = new Promise((resolve) => child.once('close', resolve))
    child.kill('SIGKILL')
    await ended
    await vi.waitFor(() => expect(liveness(owner)).toBe('dead'), { interval: 5, timeout: 5_000 })
    expect(liveness({ ...owner, boot: 'of another machine' })).toBe('unknown')
  },
)

const inside = 'readlink /proc/self/ns/pid; exec sleep 60'

test('an identity without a pid namespace can be read', () => {
  const { space: _, ...old } = ownIdentity()
  expect(readIdentity(writeIdentity(old))).toEqual(old)
})
