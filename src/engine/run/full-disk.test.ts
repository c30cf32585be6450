import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { mountSmallDisk, noMount } from '../../disk/small-disk.ts'
import { createLogReader, logStart } from '../../trace/read/log-reader.ts'
import { readEvents } from '../../trace/read/read-events.ts'
import { outputOf } from '../../trace/write/exec-output.ts'
import { createRedactor } from '../../trace/write/redact.ts'
import { openRunRecord } from '../../trace/write/run-record.ts'
import { app, asked, daemon, openScene, topology } from '../test-scene.ts'
import { RunEngine } from './run-engine.ts'

test('a run goes on while the disk of its record is full, and the record says what it lacks', async ({
  skip,
}) => {
  using disk = mountSmallDisk(512 * 1024)
  if (disk === undefined) return skip(noMount)
  await using scene = await openScene({ programs: { daemon }, folder: disk.folder })
  const { record } = scene.context
  const engine = new RunEngine(scene.context, scene.redactor)
  await engine.watch(() => {})
  const lease = (key: string) => {
    const { signal } = asked
    const spec = topology({ api: app() })
    return engine.lease({ spec, key, slot: undefined, reset: undefined, call: asked, signal })
  }
  const lane = await lease('one')
  await lane.start(undefined, asked)

  disk.fill()
  for (let round = 0; round < 20; round++) await lane.control.restart('api', undefined, asked)
  await lane.control.changeEnv('api', { A: '1' }, { dependents: false }, asked)
  const other = await lease('two')
  await other.start(undefined, asked)
  const long = { stdout: 'x'.repeat(20_000), stderr: '' }
  expect(outputOf(record, long)).toEqual({ stdout: 'x'.repeat(8 * 1024), stderr: '' })
  record.describe({ tried: true })
  expect(record.fault).toMatch(
    /^the record of the run is incomplete, because .* could not be written: ENOSPC/,
  )

  disk.free()
  await lane.control.restart('api', undefined, asked)
  await other.control.restart('api', undefined, asked)
  for (const { name } of [lane, other]) {
    const { lines } = createLogReader(record.logFolder, name, 'api').read(logStart)
    expect(lines.at(-1)).toMatchObject({ text: 'up' })
    expect(lines.filter(({ gap }) => gap)).not.toEqual([])
  }
  const events = readdirSync(join(record.folder, 'ev')).map((name) =>
    readEvents(readFileSync(join(record.folder, 'ev', name), 'utf8'), name),
  )
  expect(events[0]?.skipped).toContainEqual(expect.objectContaining({ reason: 'lost' }))
  expect(events[0]?.events.at(-1)).toMatchObject({ k: 'plan.end', status: 'done' })
  await engine[Symbol.asyncDispose]()
})

test('a run that begins on a full disk has a record as soon as there is space', ({ skip }) => {
  using disk = mountSmallDisk(64 * 1024)
  if (disk === undefined) return skip(noMount)
  disk.fill()
  const faults: string[] = []
  const record = openRunRecord(disk.folder, 'r1', createRedactor(), {
    onFault: (it) => void faults.push(it),
  })
  const log = record.openLog('lane_1', 'api', 'c1')
  log.write([[1, 'lost', 1, 0]])
  record.events.write('run.end', { status: 'lost' })
  expect(faults).toEqual([expect.stringContaining('ENOSPC')])
  disk.free()
  log.write([[2, 'kept', 1, 0]])
  record[Symbol.dispose]()
  const latest = join(disk.folder, '.mesocosm', 'latest')
  expect(readdirSync(latest).sort()).toEqual(['blob', 'ev', 'log', 'run.json'])
  const { lines } = createLogReader(join(latest, 'log'), 'lane_1', 'api').read(logStart)
  expect(lines).toMatchObject([
    { text: expect.stringMatching(/^1 line was not recorded: ENOSPC/), gap: true },
    { text: 'kept' },
  ])
  const text = readFileSync(join(latest, 'ev', 'owner.ndjson'), 'utf8')
  expect(readEvents(text, 'owner')).toMatchObject({ skipped: [{ reason: 'lost' }], version: 2 })
})
