import { join } from 'node:path'
import { isAlive, kill, startScript } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import type { Swapped } from './hold.ts'

const start = (sandbox: Sandbox) => startScript(sandbox, join(import.meta.dirname, 'hold.ts'))

/** Waits until the processes of the service have ended, and its containers are removed. */
const ended = async ({ run, pids }: Swapped): Promise<void> => {
  await eventually(() => expect(pids.filter(isAlive)).toEqual([]))
  await cleared(run)
}

test('a process ends with a test that is killed', async ({ sandbox }) => {
  await using child = start(sandbox)
  const swapped = await child.told<Swapped>('swapped')
  expect(swapped.pids.map(isAlive)).toEqual([true, true])
  kill(child.pid, 'SIGKILL')
  await ended(swapped)
})

test('a process ends with a test that is interrupted', async ({ sandbox }) => {
  await using child = start(sandbox)
  const swapped = await child.told<Swapped>('swapped')
  kill(child.pid, 'SIGINT')
  await ended(swapped)
})

test('a process ends although its test and its supervisor are killed at the same time', async ({
  sandbox,
}) => {
  await using child = start(sandbox)
  const swapped = await child.told<Swapped>('swapped')
  kill(child.pid, 'SIGKILL')
  kill(swapped.supervisor, 'SIGKILL')
  await ended(swapped)
})
