import { spawnSync } from 'node:child_process'
import { existsSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { privateFolder, withLock } from './lock.ts'

const fresh = () => {
  const name = `test-${crypto.randomUUID()}`
  const path = join(privateFolder(), `${name}.lock`)
  onTestFinished(() => rmSync(path, { force: true }))
  return { name, path }
}

/** A caller of the lock, and a promise for the moment it is seen to wait. */
const contender = (name: string) => {
  const waits = Promise.withResolvers<void>()
  return {
    waits: waits.promise,
    lock: <T>(use: () => Promise<T>) => withLock(name, () => waits.resolve(), use),
  }
}

test('a lock lets the second caller in after the first one has left', async () => {
  const { name, path } = fresh()
  const [a, b] = [contender(name), contender(name)]
  const events: string[] = []
  await Promise.all([
    a.lock(async () => {
      events.push('a in')
      await b.waits
      events.push('a out')
    }),
    b.lock(async () => {
      events.push('b in')
    }),
  ])
  expect(events).toEqual(['a in', 'a out', 'b in'])
  expect(existsSync(path)).toBe(false)
})

test('a lock whose owner has died is taken over by one caller of many', async () => {
  const { name, path } = fresh()
  writeFileSync(path, String(spawnSync(process.execPath, ['--version']).pid))
  const contenders = [contender(name), contender(name), contender(name)]
  const waiting = new Set(contenders)
  let inside = 0
  let most = 0
  await Promise.all(
    contenders.map((one) =>
      one.lock(async () => {
        most = Math.max(most, ++inside)
        waiting.delete(one)
        await Promise.all([...waiting].map(({ waits }) => waits))
        inside--
      }),
    ),
  )
  expect(most).toBe(1)
})

test('a caller that waits logs the process it waits for', async () => {
  const { name, path } = fresh()
  writeFileSync(path, String(process.pid))
  const lines: string[] = []
  const waiting = withLock(
    name,
    (line) => lines.push(line),
    async () => 'done',
  )
  expect(lines).toEqual([`waiting for process ${process.pid}, which holds the lock "${name}"`])
  rmSync(path)
  expect(await waiting).toBe('done')
})

test('a failure inside releases the lock', async () => {
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
