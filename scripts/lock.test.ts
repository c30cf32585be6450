import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { privateFolder, withLock } from './lock.ts'

const fresh = () => {
  const name = `test-${crypto.randomUUID()}`
  const path = join(privateFolder(), `${name}.lock`)
  onTestFinished(() => rmSync(path, { force: true }))
  return { name, path }
}

test('one holder at a time', async () => {
  const { name, path } = fresh()
  const events: string[] = []
  const hold = (who: string) =>
    withLock(
      name,
      () => {},
      async () => {
        events.push(`${who} in`)
        await delay(20)
        events.push(`${who} out`)
      },
    )
  await Promise.all([hold('a'), hold('b')])
  expect(events).toEqual(['a in', 'a out', 'b in', 'b out'])
  expect(existsSync(path)).toBe(false)
})

test('a lock whose holder has died is taken over, by one of many', async () => {
  const { name, path } = fresh()
  const dead = spawnSync(process.execPath, ['--version']).pid
  writeFileSync(path, String(dead))
  let inside = 0
  let most = 0
  const hold = () =>
    withLock(
      name,
      () => {},
      async () => {
        most = Math.max(most, ++inside)
        await delay(5)
        inside--
      },
    )
  await Promise.all([hold(), hold(), hold()])
  expect(most).toBe(1)
})

test('a waiting process says for whom it waits', async () => {
  const { name, path } = fresh()
  writeFileSync(path, String(process.pid))
  const lines: string[] = []
  const waiting = withLock(
    name,
    (line) => lines.push(line),
    async () => 'done',
  )
  expect(lines).toEqual([`waiting for process ${process.pid}, which does the same`])
  rmSync(path)
  expect(await waiting).toBe('done')
})

test('a failure inside opens the lock', async () => {
  const { name, path } = fresh()
  const failing = withLock(
    name,
    () => {},
    async () => {
      throw new Error('inside')
    },
  )
  await expect(failing).rejects.toThrow('inside')
  expect(existsSync(path)).toBe(false)
})
