import { spawnSync } from 'node:child_process'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { rowFlag } from '../../trace/event/row-flag.ts'
import { openEmbedded } from '../open/open-embedded.ts'
import { openTestDocument } from '../test-document.ts'
import { beginTestRun } from '../test-run.ts'
import { pageTemplate, policyOf } from './page-template.ts'
import { reportOf, writeReport } from './write-report.ts'

const begin = () => {
  const root = mkdtempSync(join(tmpdir(), 'mesocosm-report-'))
  onTestFinished(() => rmSync(root, { recursive: true }))
  const run = beginTestRun(root)
  onTestFinished(() => run[Symbol.dispose]())
  return run
}

const open = (path: string) => openEmbedded(openTestDocument(path))

const textsIn = async (path: string) => {
  const logs = await open(path).logs()
  return Array.from({ length: logs.length }, (_, row) => logs.text(row))
}

test('a run that was killed has a report, with what it had recorded', async () => {
  const run = begin()
  run.log('lane_1', 'api', [[1, 'hello', 1, 0]])
  const { folder } = run
  appendFileSync(
    join(folder, 'ev', 'w1-1.ndjson'),
    '{"k":"test.start","t":5,"i":"w1-1.9","id":"one"',
  )
  appendFileSync(
    join(folder, 'log', readdirSync(join(folder, 'log'))[0] ?? ''),
    '[2.000,"half of a li',
  )
  const facts = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as object
  const { pid } = spawnSync(process.execPath, ['-e', ''])
  writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...facts, pid }))
  const path = await reportOf(folder)
  const { run: found, missing } = await open(path).index()
  expect(found.status).toBe('unfinished')
  expect((await open(path).trace()).run.status).toBe('unfinished')
  expect(missing).toEqual(['1 entry could not be read'])
  expect(await textsIn(path)).toEqual(['hello'])
})

test('the report of a run that goes on says so', async () => {
  const { folder } = begin()
  const { path } = await writeReport(folder)
  expect((await open(path).index()).run.status).toBe('running')
})

test('the report that is there is opened, and not written again', async () => {
  const { folder } = begin()
  const path = await reportOf(folder)
  writeFileSync(path, 'changed')
  expect(await reportOf(folder)).toBe(path)
  expect(readFileSync(path, 'utf8')).toBe('changed')
})

test('a report is whole when several processes write it at once, and what a killed one left is removed', async () => {
  const run = begin()
  run.log('lane_1', 'api', [[1, 'hello', 1, 0]])
  const left = join(run.folder, '.report-killed')
  mkdirSync(left)
  utimesSync(left, 0, 0)
  const written = await Promise.all([1, 2, 3].map(() => writeReport(run.folder)))
  expect(await textsIn(written[0]?.path ?? '')).toEqual(['hello'])
  expect(readdirSync(run.folder).sort()).toEqual(['blob', 'ev', 'log', 'report.html', 'run.json'])
})

test('damaged rows of a log are one line that says so', async () => {
  const run = begin()
  run.log('lane_1', 'api', [
    [1, 'before', 1, 0],
    [2, 'after "quotes" \\ and \t', 1, 0],
  ])
  const [name = ''] = readdirSync(join(run.folder, 'log'))
  const path = join(run.folder, 'log', name)
  const [head, first, ...others] = readFileSync(path, 'utf8').split('\n')
  const broken = ['[1.5,"no end', '\u0000\u0000\u0000', '[1.6,"bad \\x",1,0,7]']
  writeFileSync(path, [head, first, ...broken, ...others].join('\n'))
  const logs = await open((await writeReport(run.folder)).path).logs()
  const rows = Array.from({ length: logs.length }, (_, row) => [logs.text(row), logs.flags(row)])
  expect(rows).toEqual([
    ['before', 0],
    ['damaged lines of the record skipped', rowFlag.gap],
    ['damaged lines of the record skipped', rowFlag.gap],
    ['after "quotes" \\ and \t', 0],
  ])
})

test('of a line that was written bit by bit, the last form is in the report', async () => {
  const run = begin()
  const log = run.record.openLog('lane_1', 'api', 'c1')
  log.write([
    [1, 'pass', 1, rowFlag.partial],
    [2, 'error', 2, 0],
    [3, 'password: ok', 1, 0],
    [4, 'prompt> ', 1, rowFlag.partial],
    [5, 'later', 2, 0],
  ])
  expect(await textsIn((await writeReport(run.folder)).path)).toEqual([
    'error',
    'password: ok',
    'prompt> ',
    'later',
  ])
})

test('long lines and many lines are read whole', async () => {
  const run = begin()
  const long = 'é'.repeat(1_000_000)
  run.log('lane_1', 'api', [
    [1, long, 1, 0],
    ...Array.from({ length: 20_000 }, (_, at) => [2 + at, `row ${at} "x"`, 1, 0] as const),
    [30_000, `${long}!`, 1, 0],
  ])
  const texts = await textsIn((await writeReport(run.folder)).path)
  expect(texts).toHaveLength(20_002)
  expect(texts[0] === long && texts.at(-1) === `${long}!`).toBe(true)
  expect(texts[10_001]).toBe('row 10000 "x"')
})

test('data that is too large for one page is in files next to it, and old files are removed', async () => {
  const run = begin()
  run.log('lane_1', 'api', [[1, 'first', 1, 0]])
  const data = join(run.folder, 'report-data')
  await writeReport(run.folder, { wholeBytes: 0 })
  const before = readdirSync(data)
  expect(before.filter((name) => name.startsWith('logs-'))).toHaveLength(1)
  run.log('lane_1', 'api', [[2, 'second', 1, 0]])
  const { path } = await writeReport(run.folder, { wholeBytes: 0 })
  expect(readdirSync(data).filter((name) => name.startsWith('logs-'))).toHaveLength(1)
  expect(await textsIn(path)).toEqual(['first', 'second'])
  expect(readFileSync(path, 'utf8')).toMatch(/script-src [^;]*file:/)
  await writeReport(run.folder)
  expect(existsSync(data)).toBe(false)
  expect(readdirSync(run.folder).sort()).toEqual(['blob', 'ev', 'log', 'report.html', 'run.json'])
})

test('a part of a report that is missing is an error of that part alone', async () => {
  const run = begin()
  run.log('lane_1', 'api', [[1, 'first', 1, 0]])
  const { path } = await writeReport(run.folder, { wholeBytes: 0 })
  for (const name of readdirSync(join(run.folder, 'report-data')))
    if (name.startsWith('logs-')) rmSync(join(run.folder, 'report-data', name))
  const source = open(path)
  expect((await source.index()).lines).toBe(1)
  expect((await source.trace()).events.length).toBeGreaterThan(0)
  await expect(source.logs()).rejects.toThrow(/logs-.* is missing next to the report/)
})

test('output that does not fit is left out, that of failed tests last', async () => {
  const run = begin()
  for (const [id, status] of [
    ['one', 'passed'],
    ['two', 'failed'],
  ] as const)
    run.test({ id, status, start: 1, end: 9 }, ({ exec }) =>
      exec({ service: 'api', argv: [id], output: id.repeat(1_000), start: 2, end: 3 }),
    )
  const { path } = await writeReport(run.folder, { blobBytes: 3_000 })
  const source = open(path)
  const { missing } = await source.index()
  expect(missing).toEqual([expect.stringMatching(/^1 long output of 1 MiB in all/)])
  const ends = (await source.trace()).events.flatMap((event) =>
    event.k === 'exec.end' ? (event.blobs?.stdout?.sha256 ?? []) : [],
  )
  const found = await Promise.all(ends.map((sha256) => source.blob(sha256)))
  expect(
    found.map((bytes) =>
      Buffer.from(bytes ?? [])
        .toString()
        .slice(0, 3),
    ),
  ).toEqual(['', 'two'])
})

test('what services log cannot end the element that it is in', async () => {
  const run = begin()
  const hostile = '</script><script>globalThis.stolen = true</script><!--'
  run.log('lane_1', 'api', [[1, hostile, 1, 0]])
  const { path } = await writeReport(run.folder)
  expect(readFileSync(path, 'utf8')).not.toContain('stolen')
  expect(await textsIn(path)).toEqual([hostile])
})

test('the policy of a page allows its own script by its digest, and no other', () => {
  const template = '<script>let a = 1</script><script src="x.js"></script>'
  expect(policyOf(template, 'page')).toContain(
    "script-src 'sha256-LAfYd7pbFUgwfQu8b4q135PeTG2z+/coPEUYCd74eCQ='",
  )
  for (const data of ['page', 'folder', 'server'] as const)
    expect(policyOf(pageTemplate(), data)).not.toMatch(/script-src[^;]*unsafe|\*/)
})
