import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { namesIn } from '../../src/disk/names-in.ts'
import type { Leased } from '../crash/script/lane.ts'
import { kill, killGroup, startNode } from '../lib/child.ts'
import { madeBy } from '../lib/engine.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared, type Sandbox } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'
import { open } from './topology.ts'

beforeEach(() => {
  process.env.MESOCOSM_LANES_AHEAD = '1'
})

afterEach(() => {
  process.env.MESOCOSM_LANES_AHEAD = '0'
  delete process.env.MESOCOSM_WORKERS
})

/** Returns the lanes that were made ahead, from the record of the newest run. */
const madeAhead = (sandbox: Sandbox): readonly string[] => {
  const folder = join(sandbox.folder, '.mesocosm', 'runs', sandbox.runs().at(-1) ?? '', 'ev')
  return namesIn(folder)
    .flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'))
    .map((line) => JSON.parse(line) as { k: string; l?: string; error?: unknown })
    .flatMap(({ k, l = '', error }) => (k === 'lane.ahead' && error === undefined ? [l] : []))
}

const containersOf = async (run: string, lane: string): Promise<readonly string[]> =>
  (await madeBy(run)).containers.filter((one) => one.lane === lane).map(({ id }) => id)

test('a second worker gets a lane that was made ahead, without a new container', async ({
  sandbox,
}) => {
  process.env.MESOCOSM_WORKERS = '2'
  await using first = await open(sandbox, 'one')
  await eventually(() => expect(madeAhead(sandbox)).toEqual(['lane_2']))
  const run = sandbox.runs().at(-1) as string
  const before = await containersOf(run, 'lane_2')
  expect(before).not.toEqual([])
  await using second = await open(sandbox, 'two')
  expect(second.name).toBe('lane_2')
  expect(await containersOf(run, 'lane_2')).toEqual(before)
  expect(second.services.api.http.url).not.toBe(first.services.api.http.url)
  const answer = await fetch(new URL('/health', second.services.api.http.url))
  expect(answer.status).toBe(200)
})

test('a run that is killed while a lane is made ahead leaves nothing', async ({ sandbox }) => {
  const script = join(import.meta.dirname, '../crash/script/hold.ts')
  await using child = startNode([script, sandbox.folder], {
    env: { ...sandbox.env, MESOCOSM_WORKERS: '2' },
  })
  const { run, supervisor } = await child.told<Leased>('leased')
  await eventually(async () => expect(await containersOf(run, 'lane_2')).not.toEqual([]))
  killGroup(child.pid, 'SIGKILL')
  kill(supervisor, 'SIGKILL')
  await child.ended
  await cleared(run)
})
