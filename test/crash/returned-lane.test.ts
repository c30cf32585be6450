import { join } from 'node:path'
import { kill, startScript } from '../lib/child.ts'
import { programs } from '../lib/engine.ts'
import type { Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import type { Leased } from './script/lane.ts'

const start = (sandbox: Sandbox, script: string, key = 'contended') =>
  startScript(sandbox, join(import.meta.dirname, 'script', script), {
    args: [key],
    run: 'returned',
  })

/** Has a lane of its own, so that the run does not end while the other lane is free. */
const startKeeper = async (sandbox: Sandbox) => {
  const keeper = start(sandbox, 'share-run.ts', 'of its own')
  await keeper.told('leased')
  return keeper
}

test('the lane of a killed process is returned as declared, with all services recreated', async ({
  sandbox,
}) => {
  await using _ = await startKeeper(sandbox)
  await using killed = start(sandbox, 'hold.ts')
  const { run, lane } = await killed.told<Leased>('leased')
  await killed.told('changed')
  const before = await programs(run)

  await using next = start(sandbox, 'look.ts')
  kill(killed.pid, 'SIGKILL')
  expect(await next.told<Leased>('leased')).toMatchObject({ run, lane })
  expect(await next.told('found')).toEqual({ running: 'hello', handle: 'hello' })
  const after = await programs(run)
  for (const service of ['api', 'web'])
    expect(after[`${lane}/${service}`]).not.toBe(before[`${lane}/${service}`])
  expect(after['run/store']).toBe(before['run/store'])
})

test('the lane of a process that was killed during a change is returned as declared', async ({
  sandbox,
}) => {
  await using _ = await startKeeper(sandbox)
  await using killed = start(sandbox, 'change-forever.ts')
  const { run, lane } = await killed.told<Leased>('leased')
  await killed.told('changing')

  await using next = start(sandbox, 'look.ts')
  kill(killed.pid, 'SIGKILL')
  expect(await next.told<Leased>('leased')).toMatchObject({ run, lane })
  expect(await next.told('found')).toEqual({ running: 'hello', handle: 'hello' })
})
