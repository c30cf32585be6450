import { join } from 'node:path'
import { type Child, kill, killGroup, startScript } from '../lib/child.ts'
import { madeBy, programs } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import type { Leased } from './script/lane.ts'

const start = (sandbox: Sandbox, script: string) =>
  startScript(sandbox, join(import.meta.dirname, 'script', script))

const end = async (child: Child, work: () => void) => {
  const { run } = await child.told<Leased>('leased')
  const before = Object.keys(await programs(run)).sort()
  expect(before).toEqual(['lane_1/api', 'lane_1/web', 'run/store'])
  work()
  const ended = await child.ended
  await cleared(run)
  return ended
}

test('kill -9 of a process with a changed lane leaves nothing on the engine', async ({
  sandbox,
}) => {
  await using child = start(sandbox, 'hold.ts')
  await child.told('changed')
  await end(child, () => kill(child.pid, 'SIGKILL'))
})

test('kill -9 during a change of environment leaves nothing on the engine', async ({ sandbox }) => {
  await using child = start(sandbox, 'change-forever.ts')
  await child.told('changing')
  await end(child, () => kill(child.pid, 'SIGKILL'))
})

test('Ctrl-C in a terminal, to the whole process group, leaves nothing on the engine', async ({
  sandbox,
}) => {
  await using child = start(sandbox, 'hold.ts')
  await child.told('changed')
  const ended = await end(child, () => killGroup(child.pid, 'SIGINT'))
  expect(ended).toEqual({ exitCode: null, signal: 'SIGINT' })
})

test('SIGINT to the process alone leaves nothing on the engine', async ({ sandbox }) => {
  await using child = start(sandbox, 'hold.ts')
  await child.told('changed')
  const ended = await end(child, () => kill(child.pid, 'SIGINT'))
  expect(ended).toEqual({ exitCode: null, signal: 'SIGINT' })
})

test('a process that forgets to release ends by itself and leaves nothing on the engine', async ({
  sandbox,
}) => {
  await using child = start(sandbox, 'forget.ts')
  const ended = await end(child, () => {})
  expect(ended).toEqual({ exitCode: 0, signal: null })
})

test('kill -9 while services start leaves nothing on the engine', async ({ sandbox }) => {
  const former = sandbox.runs().length
  await using child = start(sandbox, 'hold.ts')
  const run = await eventually(async () => {
    const run = sandbox.runs()[former] ?? ''
    expect((await madeBy(run)).containers).not.toEqual([])
    return run
  })
  kill(child.pid, 'SIGKILL')
  await child.ended
  await cleared(run)
})
