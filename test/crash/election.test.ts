import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { isAlive, kill, startNode, startScript } from '../lib/child.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import type { Leased } from './script/lane.ts'

const script = (name: string) => join(import.meta.dirname, 'script', name)

const six = <T>(make: () => T): T[] => Array.from({ length: 6 }, make)

const leaseAtOnce = async (sandbox: Sandbox, run: string) => {
  await using children = new AsyncDisposableStack()
  const all = six(() => children.use(startScript(sandbox, script('share-run.ts'), { run })))
  const leased = await Promise.all(all.map((child) => child.told<Leased>('leased')))
  for (const child of all) child.go('release')
  const ended = await Promise.all(all.map((child) => child.ended))
  expect(ended.map(({ exitCode }) => exitCode)).toEqual(six(() => 0))
  return leased
}

test('six clients that start at once share one supervisor and have a lane each', async ({
  sandbox,
}) => {
  const leased = await leaseAtOnce(sandbox, 'six')
  expect(new Set(leased.map(({ run }) => run)).size).toBe(1)
  expect(new Set(leased.map(({ supervisor }) => supervisor)).size).toBe(1)
  expect(new Set(leased.map(({ lane }) => lane)).size).toBe(6)
})

test('six clients share a new supervisor after theirs was killed', async ({ sandbox }) => {
  await using killed = startScript(sandbox, script('hold.ts'), { run: 'killed' })
  const { supervisor, run } = await killed.told<Leased>('leased')
  kill(killed.pid, 'SIGKILL')
  kill(supervisor, 'SIGKILL')
  await killed.ended
  const leased = await leaseAtOnce(sandbox, 'killed')
  expect(new Set(leased.map(({ run }) => run)).size).toBe(1)
  expect(new Set(leased.map(({ lane }) => lane)).size).toBe(6)
  expect(leased[0]?.run).not.toBe(run)
})

test('one of six supervisors that start at once keeps running', async ({ sandbox }) => {
  const main = join(
    dirname(createRequire(import.meta.url).resolve('mesocosm')),
    'supervisor/main.js',
  )
  await using children = new AsyncDisposableStack()
  const args = [main, '--run', 'candidates', '--root', sandbox.folder]
  const all = six(() => children.use(startNode(args, { env: sandbox.env })))
  const first = await Promise.allSettled(all.map((child) => child.wrote(/engine .* found by/)))
  const stayed = all.filter((_, index) => first[index]?.status === 'fulfilled')
  expect(stayed).toHaveLength(1)
  expect(all.filter(({ pid }) => isAlive(pid))).toEqual(stayed)
  for (const { output } of all.filter((child) => !stayed.includes(child)))
    expect(output).toContain('another supervisor serves this run')
})
