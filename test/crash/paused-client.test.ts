import { join } from 'node:path'
import { kill, startScript } from '../lib/child.ts'
import { eventually } from '../lib/eventually.ts'
import { graceMs } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import type { Leased } from './script/lane.ts'

test('a client that is stopped, as in a debugger, keeps its lane and does not block others', async ({
  sandbox,
}) => {
  const start = (script: string) =>
    startScript(sandbox, join(import.meta.dirname, 'script', script), { run: 'paused' })
  await using paused = start('pause.ts')
  const { run, lane, url } = await paused.told<Leased>('leased')
  kill(paused.pid, 'SIGSTOP')

  await using other = start('look.ts')
  const others = await other.told<Leased>('leased')
  expect(others.run).toBe(run)
  expect(others.lane).not.toBe(lane)
  expect(await other.ended).toMatchObject({ exitCode: 0 })
  // Longer than the grace, because an idle connection still counts.
  await until(performance.now() + 2 * graceMs)
  expect(await (await fetch(`${url}/health`)).json()).toBe('ok')

  kill(paused.pid, 'SIGCONT')
  paused.go('on')
  expect(await paused.told('went on')).toEqual({ value: 'hello' })
})

const until = (time: number) =>
  eventually(() => expect(performance.now()).toBeGreaterThan(time), 60_000)
