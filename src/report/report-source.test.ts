import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowFlag } from '../trace/event/row-flag.ts'
import { loadTrace } from '../trace/load-trace.ts'
import type { LogRow } from '../trace/write/log-file.ts'
import { createReportSource } from './open/memory-source.ts'
import { openEmbedded } from './open/open-embedded.ts'
import { openLive } from './open/open-live.ts'
import { type ServedReport, serveReport } from './serve/serve-report.ts'
import type { LogFilter, LogTable, ReportSource } from './source.ts'
import { openTestDocument } from './test-document.ts'
import { beginTestRun, type TestRun } from './test-run.ts'
import { writeReport } from './write/write-report.ts'

const t0 = 1_790_000_000_000

const row = (at: number, text: string, flags = 0, fd: 1 | 2 = 1): LogRow => [
  t0 + at,
  text,
  fd,
  flags,
]

let root: string
let run: TestRun
let output: string

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'mesocosm-report-'))
  run = beginTestRun(root)
  output = 'rows of the table\n'.repeat(2_000)
  run.test({ id: 'one', lane: 'lane_1', start: t0 + 100, end: t0 + 200 })
  run.test(
    {
      id: 'two',
      lane: 'lane_1',
      start: t0 + 300,
      end: t0 + 400,
      status: 'failed',
      error: 'no mail',
    },
    (attempt) =>
      attempt.exec({ service: 'api', argv: ['dump'], output, start: t0 + 310, end: t0 + 320 }),
  )
  run.log('lane_1', 'api', [
    row(110.125, 'listening on http://0.0.0.0:80'),
    row(310.5, '{"level":50,"msg":"Größe fehlt → Abbruch"}'),
    row(311, 'at signUp (/app/users.js:12:3)', 0, 2),
    row(450, 'tail without a line feed', rowFlag.noLineFeed),
  ])
  run.log('lane_1', 'worker', [
    row(110.125, 'WARN retry 1'),
    row(105, 'earlier row that was written later'),
    row(312, '</script><script>globalThis.stolen = 1</script>'),
    row(312, 'İstanbul ÄRGER \u0000 \ud83d\ude80', rowFlag.cut),
    row(313, ''),
  ])
  run.log('run', 'db', [row(50, 'database system is ready'), row(320, 'ERROR:  relation "users"')])
})

const onServed: ServedReport[] = []

afterAll(async () => {
  for (const served of onServed) await served[Symbol.asyncDispose]()
  rmSync(root, { recursive: true, force: true })
})

const sources: Readonly<Record<string, () => Promise<ReportSource>>> = {
  'in memory': async () =>
    createReportSource({
      trace: loadTrace(run.folder),
      rows: run.rows,
      blobs: new Map([[shaOf(run), Buffer.from(output)]]),
    }),
  'embedded in one page': async () => {
    const { path } = await writeReport(run.folder)
    return openEmbedded(openTestDocument(path))
  },
  'served while it goes on': async () => {
    const served = await serveReport(run.folder)
    onServed.push(served)
    return openLive(served.url)
  },
  'embedded in a page with files': async () => {
    const { path } = await writeReport(run.folder, { wholeBytes: 0 })
    return openEmbedded(openTestDocument(path))
  },
}

describe.each(Object.entries(sources))('a run %s', (_, open) => {
  let source: ReportSource
  let logs: LogTable
  beforeAll(async () => {
    source = await open()
    logs = await source.logs()
  })
  const texts = (filter: LogFilter) => [...logs.find(filter)].map((at) => logs.text(at))
  const services = async (...names: string[]) => {
    const index = await source.index()
    return names.map((name) => index.services.indexOf(name))
  }

  test('lists its tests in the order of their starts', async () => {
    const { tests, run: facts, lines } = await source.index()
    expect(tests).toMatchObject([
      { test: 'one#0', status: 'passed', retry: 0, lane: 'lane_1', start: t0 + 100, end: t0 + 200 },
      { test: 'two#0', status: 'failed', error: 'no mail', file: 'a.test.ts', titlePath: ['two'] },
    ])
    expect(lines).toBe(11)
    expect(facts.root).toBe(root)
  })

  test('has the same trace as its record', async () => {
    const trace = await source.trace()
    const { events, tests } = loadTrace(run.folder)
    expect(trace.events).toEqual(events)
    expect(trace.tests).toEqual(tests)
  })

  test('has the log lines of all services in the order of time, with microseconds', async () => {
    const rows = Array.from({ length: logs.length }, (_, at) => [logs.time(at) - t0, logs.text(at)])
    const ordered = run.rows.toSorted((a, b) => a.time - b.time)
    expect(rows.map(([time]) => time)).toEqual(ordered.map(({ time }) => time - t0))
    expect(rows.map(([, text]) => text).sort()).toEqual(ordered.map(({ text }) => text).sort())
  })

  test('knows service, lane, stream and flags of a line', async () => {
    const { services: names, lanes } = await source.index()
    const facts = Array.from({ length: logs.length }, (_, at) => ({
      time: logs.time(at),
      service: names[logs.service(at)],
      lane: lanes[logs.lane(at)],
      stream: logs.stream(at),
      flags: logs.flags(at),
      text: logs.text(at),
    }))
    expect(facts).toEqual(expect.arrayContaining([...run.rows]))
  })

  test('finds levels in the spellings of services', async () => {
    expect(texts({ levels: ['error'] })).toEqual([
      '{"level":50,"msg":"Größe fehlt → Abbruch"}',
      'ERROR:  relation "users"',
    ])
    expect(texts({ levels: ['warn'] })).toEqual(['WARN retry 1'])
  })

  test('knows which tests a line belongs to', () => {
    const [at] = logs.find({ include: ['Abbruch'] })
    expect(logs.attribution(at as number)).toEqual({ how: 'exact', tests: [1] })
    expect(texts({ test: 1, levels: ['error'] })).toHaveLength(2)
    expect(texts({ test: 0, include: ['abbruch'] })).toEqual([])
  })

  test('returns the first row at or after a time', () => {
    expect(logs.rowAt(0)).toBe(0)
    expect(logs.rowAt(t0 + 50)).toBe(0)
    expect(logs.rowAt(t0 + 50.001)).toBe(1)
    expect(logs.rowAt(t0 + 1_000)).toBe(11)
  })

  test('finds lines within a range of time, both ends included', () => {
    expect(texts({ from: t0 + 310.5, to: t0 + 311 })).toHaveLength(2)
    expect(texts({ from: t0 + 310.501, to: t0 + 310.999 })).toEqual([])
    expect(texts({ from: t0 + 400, to: t0 + 300 })).toEqual([])
  })

  test('finds lines of services and lanes', async () => {
    expect(texts({ services: await services('db') })).toHaveLength(2)
    expect(texts({ services: await services('api', 'worker') })).toHaveLength(9)
    expect(texts({ services: [] })).toEqual([])
    const { lanes } = await source.index()
    expect(texts({ lanes: [lanes.indexOf('run')] })).toHaveLength(2)
  })

  test.each<[string, LogFilter, readonly string[]]>([
    ['letters of either case', { include: ['LISTENING'] }, ['listening on http://0.0.0.0:80']],
    ['accents of either case', { include: ['ärger'] }, ['İstanbul ÄRGER \u0000 \ud83d\ude80']],
    [
      'what has two letters in lower case',
      { include: ['\ud83d\ude80'] },
      ['İstanbul ÄRGER \u0000 \ud83d\ude80'],
    ],
    [
      'several strings, all in one line',
      { include: ['relation', 'error'] },
      ['ERROR:  relation "users"'],
    ],
    ['not what is excluded', { include: ['error'], exclude: ['users'] }, []],
    ['a pattern', { include: [/retry \d/] }, ['WARN retry 1']],
    ['a pattern that minds the case', { include: [/warn/] }, []],
    ['a pattern that does not', { include: [/warn/i] }, ['WARN retry 1']],
    ['a pattern for whole lines', { include: [/^at .*\)$/] }, ['at signUp (/app/users.js:12:3)']],
    [
      'a pattern with letters outside of ASCII',
      { include: [/[Öö]ß. fehlt →/] },
      ['{"level":50,"msg":"Größe fehlt → Abbruch"}'],
    ],
    ['a pattern that could cross lines', { include: [/retry[^x]*$/] }, ['WARN retry 1']],
    ['no line with two of them', { include: [/retry 1\s+\{/] }, []],
    ['empty lines', { include: [/^$/] }, ['']],
    [
      'markup as text',
      { include: ['</script>'] },
      ['</script><script>globalThis.stolen = 1</script>'],
    ],
  ])('finds %s', (_, filter, found) => {
    expect(texts(filter)).toEqual(found)
  })

  test('finds every line without a filter, and without those that are excluded', () => {
    expect(logs.find({})).toHaveLength(11)
    expect(logs.find({ include: [''] })).toHaveLength(11)
    expect(logs.find({ exclude: [/e/i] })).toHaveLength(1)
  })

  test('has long output of commands, and nothing that it does not know', async () => {
    const bytes = await source.blob(shaOf(run))
    expect(Buffer.from(bytes ?? []).toString()).toBe(output)
    expect(await source.blob('f'.repeat(64))).toBeUndefined()
    expect(await source.blob('"]')).toBeUndefined()
  })

  test('refuses rows that it does not have', () => {
    expect(() => logs.text(11)).toThrow(RangeError)
    expect(() => logs.time(-1)).toThrow(RangeError)
  })
})

const shaOf = ({ folder }: TestRun): string => {
  const end = loadTrace(folder).events.find(({ k }) => k === 'exec.end')
  return (end?.k === 'exec.end' && end.blobs?.stdout?.sha256) || ''
}
