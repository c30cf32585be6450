/*
 * Makes the record of a big run and measures its report: size of the page, memory of the writer, and how long a reader
 * takes for the list of tests, for the trace, for all log lines and for searches. In Node, which has the engine of
 * Chromium; `bench/report-page.ts` measures the page itself.
 *
 *   node --expose-gc bench/report-data.ts [--folder <folder to keep it in>] [--small]
 */
import { existsSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openEmbedded } from '../src/report/open/open-embedded.ts'
import type { LogFilter } from '../src/report/source.ts'
import { openTestDocument } from '../src/report/test-document.ts'
import { writeReport } from '../src/report/write/write-report.ts'
import { bigRecord, makeBigRecord } from './lib/big-record.ts'

const { values } = parseArgs({
  options: { folder: { type: 'string' }, small: { type: 'boolean', default: false } },
})
const print = (what: string, value: string) => process.stdout.write(`${what.padEnd(34)} ${value}\n`)
const timed = async <T>(what: string, work: () => T | Promise<T>): Promise<T> => {
  const start = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  const cpu = `${((user + system) / 1000).toFixed(0)} ms of processors`
  print(what, `${(performance.now() - start).toFixed(0)} ms, ${cpu}`)
  return result
}
const mebibytes = (bytes: number) => `${(bytes / 1024 / 1024).toFixed(1)} MiB`

const temporary = mkdtempSync(join(tmpdir(), 'mesocosm-big-'))
const folder = values.folder ?? join(temporary, 'run')
try {
  if (!existsSync(folder)) {
    const size = values.small ? { lines: 10_000, spans: 1_000, tests: 20, lanes: 2 } : bigRecord
    await timed('record made', () => makeBigRecord(folder, size))
  }
  let peak = 0
  const watch = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage().heapUsed)
  }, 20)
  const { path } = await timed('report written', () => writeReport(folder))
  clearInterval(watch)
  print('heap of the writer at most', mebibytes(peak))
  print('size of the page', mebibytes(statSync(path).size))
  globalThis.gc?.()
  const document = openTestDocument(path)
  const source = openEmbedded(document)
  const { tests, lines } = await timed('list of tests', () => source.index())
  const logs = await timed('all log lines', () => source.logs())
  const filters: Readonly<Record<string, LogFilter>> = {
    'first search, a rare word': { include: ['order 123456'] },
    'a rare word': { include: ['order 654321'] },
    'a frequent word': { include: ['order'] },
    'a word in either case': { include: ['TIMEOUT'] },
    'a pattern': { include: [/order \d*99 could/] },
    'a pattern again': { include: [/customer-\d+7@/] },
    'a pattern that minds no case': { include: [/error.*timeout/i] },
    'a pattern, row by row': { include: [/order\s\d*77\s/] },
    'errors of one service': { services: [0], levels: ['error'] },
    'lines of a test': { test: 1_000 % tests.length },
    'all but a word': { exclude: ['order'] },
  }
  for (const [what, filter] of Object.entries(filters)) {
    const found = await timed(what, () => logs.find(filter))
    print('', `${found.length} of ${lines}`)
  }
  await timed('10 000 rows as text', () => {
    for (let row = 0; row < 10_000; row++) logs.text((row * 7919) % logs.length)
  })
  const trace = await timed('trace of all entries', () => source.trace())
  print('', `${tests.length} tests, ${trace.events.length} entries`)
} finally {
  rmSync(temporary, { recursive: true, force: true })
}
