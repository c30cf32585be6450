import { join } from 'node:path'
import { isAlive, kill, killGroup, startScript } from '../lib/child.ts'
import { idsOf, madeBy } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import type { Leased } from './script/lane.ts'

const start = (sandbox: Sandbox, script: string) =>
  startScript(sandbox, join(import.meta.dirname, 'script', script))

test('clients of a killed supervisor get SUPERVISOR_GONE and can lease again', async ({
  sandbox,
}) => {
  await using child = start(sandbox, 'outlive-supervisor.ts')
  const first = await child.told<Leased>('leased')
  kill(first.supervisor, 'SIGKILL')
  const gone = { error: { code: 'SUPERVISOR_GONE', remedy: expect.any(String) } }
  expect(await child.told('waiting call')).toMatchObject(gone)
  expect(await child.told('later call')).toMatchObject(gone)
  expect(await child.told('release')).toMatchObject(gone)
  const second = await child.told<{ value: string }>('second run')
  expect(second.value).not.toBe(first.run)
  await cleared(first.run)
  expect(await child.ended).toMatchObject({ exitCode: 0 })
})

test('a supervisor removes everything on SIGTERM', async ({ sandbox }) => {
  await using child = start(sandbox, 'outlive-supervisor.ts')
  const { run, supervisor } = await child.told<Leased>('leased')
  kill(supervisor, 'SIGTERM')
  await cleared(run)
  // It fails or ends with the service, but does not hang.
  await child.told('waiting call')
  expect((await child.told<{ value: string }>('second run')).value).not.toBe(run)
})

test('leftovers of a killed supervisor are removed even if its clients lease nothing', async ({
  sandbox,
}) => {
  await using child = start(sandbox, 'hold.ts')
  const { run, supervisor } = await child.told<Leased>('leased')
  await child.told('changed')
  kill(supervisor, 'SIGKILL')
  await cleared(run)
})

test('the next run removes the leftovers of a client and supervisor that were killed together', async ({
  sandbox,
}) => {
  await using child = start(sandbox, 'hold.ts')
  const { run, supervisor } = await child.told<Leased>('leased')
  await child.told('changed')
  // The client first, because it would start another supervisor at once.
  kill(child.pid, 'SIGKILL')
  kill(supervisor, 'SIGKILL')
  await child.ended
  await eventually(() => expect(isAlive(supervisor)).toBe(false))

  await using next = start(sandbox, 'look.ts')
  const now = await next.told<Leased>('leased')
  expect(now.run).not.toBe(run)
  await cleared(run)
  expect(await next.told('found')).toEqual({ running: 'hello', handle: 'hello' })
})

test('a client and supervisor that are killed at once leave nothing, without a next run', async ({
  sandbox,
}) => {
  await using child = start(sandbox, 'hold.ts')
  const { run, supervisor } = await child.told<Leased>('leased')
  await child.told('changed')
  const before = idsOf(await madeBy(run))
  expect(before.length).toBeGreaterThan(0)
  killGroup(child.pid, 'SIGKILL')
  killGroup(supervisor, 'SIGKILL')
  await child.ended
  await cleared(run)
  // A killed process is seen until process 1 has taken its exit code.
  await eventually(() => expect(isAlive(supervisor)).toBe(false))
})

test('a client and supervisor that are killed while services start leave nothing', async ({
  sandbox,
}) => {
  const former = sandbox.runs().length
  await using child = start(sandbox, 'hold.ts')
  const { run, supervisor } = await eventually(async () => {
    const run = sandbox.runs()[former] ?? ''
    expect((await madeBy(run)).containers).not.toEqual([])
    return { run, supervisor: sandbox.supervisorOf(run) }
  })
  killGroup(child.pid, 'SIGKILL')
  killGroup(supervisor, 'SIGKILL')
  await child.ended
  await cleared(run)
})

test('a live supervisor keeps everything while another one removes leftovers', async ({
  sandbox,
}) => {
  await using owner = start(sandbox, 'hold.ts')
  const { run } = await owner.told<Leased>('leased')
  await owner.told('changed')
  // Two networks, and two containers for each of three services once the replaced one is gone.
  const before = await eventually(async () => {
    const ids = idsOf(await madeBy(run))
    expect(ids).toHaveLength(8)
    return ids
  })
  await using other = start(sandbox, 'look.ts')
  const now = await other.told<Leased>('leased')
  await other.ended
  await cleared(now.run)
  expect(idsOf(await madeBy(run))).toEqual(before)
})
