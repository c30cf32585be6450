import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createMachineTurns } from './machine-turns.ts'

const { signal } = new AbortController()

const makeFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesocosm-turns-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('work of one key runs one after the other, work of another key at the same time', async () => {
  const folder = makeFolder()
  // Each has its own connections, as in processes of their own.
  const [one, two] = [createMachineTurns(folder), createMachineTurns(folder)]
  const did: string[] = []
  const go = Promise.withResolvers<void>()
  const first = one('key', signal, async () => {
    did.push('first begins')
    await go.promise
    did.push('first ends')
  })
  await expect.poll(() => did).toEqual(['first begins'])
  const second = two('key', signal, async () => void did.push('second'))
  await two('other', signal, async () => void did.push('other'))
  go.resolve()
  await Promise.all([first, second])
  expect(did).toEqual(['first begins', 'other', 'first ends', 'second'])
  expect(readdirSync(folder)).toEqual([])
})

test('a turn ends with work that fails, and its error is thrown', async () => {
  const turn = createMachineTurns(makeFolder())
  await expect(turn('key', signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await turn('key', signal, async () => 'next')).toBe('next')
})

test('a turn ends with the death of its process', async () => {
  const folder = makeFolder()
  const script = `import { createMachineTurns } from ${JSON.stringify(join(import.meta.dirname, 'machine-turns.ts'))}
await createMachineTurns(${JSON.stringify(folder)})('key', new AbortController().signal, () => {
  console.log('mine')
  return new Promise(() => setInterval(() => {}, 1e6))
})`
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  const next = createMachineTurns(folder)('key', signal, async () => 'next')
  child.kill('SIGKILL')
  expect(await next).toBe('next')
})

test('a caller that gives up does not wait for its turn', async () => {
  const turn = createMachineTurns(makeFolder())
  const go = Promise.withResolvers<void>()
  const first = turn('key', signal, () => go.promise)
  const stop = new AbortController()
  const second = turn('key', stop.signal, async () => 'never')
  stop.abort(new Error('given up'))
  await expect(second).rejects.toThrow('given up')
  go.resolve()
  await first
})

test('without a folder that takes sockets the work runs at once', async () => {
  const turn = createMachineTurns('/dev/null/nowhere')
  expect(await turn('key', signal, async () => 'done')).toBe('done')
})
