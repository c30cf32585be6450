import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, lease, log } from 'mesocosm'
import { listRuns } from 'mesocosm/operate'
import { readEvents } from 'mesocosm/trace'
import { mountSmallDisk, noMount } from '../../src/disk/small-disk.ts'
import { eventually } from '../lib/eventually.ts'
import { cleared } from '../lib/sandbox.ts'
import { expect, test } from '../lib/test.ts'

const topologyIn = (root: string) =>
  defineTopology({
    name: 'full-disk',
    root,
    services: {
      api: {
        image: 'node:24-trixie-slim',
        command: ['sh', '-c', 'echo up; while :; do echo tick; sleep 0.02; done'],
        env: { A: '0' },
        ready: log('up'),
        stopTimeoutMs: 0,
      },
    },
  })

test('a run goes on while the disk of its record is full, and ps and waitFor name the disk', async ({
  sandbox: _,
  skip,
}) => {
  using disk = mountSmallDisk(1024 * 1024)
  if (disk === undefined) return skip(noMount)
  const root = disk.folder
  writeFileSync(join(root, 'package.json'), '{ "name": "full-disk", "private": true }\n')
  {
    await using lane = await lease(topologyIn(root))
    const { api } = lane.services
    disk.fill()
    await api.restart()
    const { stdout } = await api.run(['head', '-c', '20000', '/dev/zero'])
    expect(stdout).toHaveLength(20_000)
    await expect(api.logs.waitFor('never', { timeoutMs: 1_000 })).rejects.toMatchObject({
      code: 'LOG_TIMEOUT',
      message: expect.stringContaining('ENOSPC: no space left on device'),
    })
    expect(await listRuns(root)).toMatchObject([
      { recordFault: expect.stringContaining('ENOSPC: no space left on device') },
    ])
    disk.free()
    await api.withEnv({ A: '1' }, async () => {
      api.logs.clear()
      expect(await api.logs.waitFor('tick')).toMatchObject({ text: 'tick' })
    })
    await lane.reset()
  }
  const [run = ''] = readdirSync(join(root, '.mesocosm', 'runs'))
  await cleared(run)
  const folder = join(root, '.mesocosm', 'runs', run, 'ev')
  const read = readdirSync(folder).map((name) =>
    readEvents(readFileSync(join(folder, name), 'utf8'), name),
  )
  expect(read.flatMap(({ skipped }) => skipped.map(({ reason }) => reason))).toContain('lost')
  expect(read.flatMap(({ events }) => events.map(({ k }) => k))).toContain('lane.reset')
})

test('a run whose record has no space at its end keeps its log in the folder of temporary files', async ({
  sandbox,
  skip,
}) => {
  using disk = mountSmallDisk(1024 * 1024)
  if (disk === undefined) return skip(noMount)
  const root = disk.folder
  writeFileSync(join(root, 'package.json'), '{ "name": "full-disk", "private": true }\n')
  {
    await using _lane = await lease(topologyIn(root))
    disk.fill()
  }
  const [run = ''] = readdirSync(join(root, '.mesocosm', 'runs'))
  await cleared(run)
  const temporary = sandbox.env.TMPDIR ?? ''
  const log = await eventually(() => {
    const paths = readdirSync(temporary, { recursive: true, encoding: 'utf8' })
    const texts = paths
      .filter((path) => /\.ended-\d+\/supervisor\.log$/.test(path))
      .map((path) => readFileSync(join(temporary, path), 'utf8'))
    // Its last line.
    expect(texts.filter((text) => text.includes(run) && /while ending/.test(text))).toHaveLength(1)
    return texts.find((text) => text.includes(run)) ?? ''
  })
  expect(log).toMatch(/while ending: .*ENOSPC/)
  expect(log).toMatch(/the record of the run is incomplete/)
  expect(log).toMatch(/ended in \d+ ms/)
})
