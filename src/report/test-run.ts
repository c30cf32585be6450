import { join } from 'node:path'
import type { SpanId, TraceEvent } from '../trace/event/event.ts'
import { openEventFile } from '../trace/write/event-file.ts'
import type { LogRow } from '../trace/write/log-file.ts'
import { createRedactor } from '../trace/write/redact.ts'
import { openRunRecord, type RunRecord } from '../trace/write/run-record.ts'
import type { ReportRow } from './log/number-rows.ts'

/** A run that tests of reports make, as a supervisor and a runner write it. */
export interface TestRun extends Disposable {
  readonly folder: string
  readonly record: RunRecord
  /** All rows of {@link log} that no later one replaced. */
  readonly rows: readonly ReportRow[]
  log(lane: string, service: string, rows: readonly LogRow[]): void
  /** Records an attempt of a test; `within` records what it does. */
  test(test: RecordedTest, within?: (attempt: Attempt) => void): void
}

/** An attempt to record. */
export interface RecordedTest {
  readonly id: string
  readonly retry?: number
  readonly file?: string
  readonly titlePath?: readonly string[]
  readonly status?: 'passed' | 'failed' | 'skipped'
  readonly error?: string
  readonly lane?: string
  readonly start: number
  readonly end: number
}

/** An attempt that is being recorded. */
export interface Attempt {
  readonly test: string
  /** Records a request of the test, and returns its span. */
  fetch(call: {
    readonly service: string
    readonly path: string
    readonly start: number
    readonly end: number
  }): SpanId
  /** Records a command that the test ran. */
  exec(exec: {
    readonly service: string
    readonly argv: readonly string[]
    readonly output: string
    readonly start: number
    readonly end: number
  }): void
}

/** Begins the record of a run in the folder of a project. */
export const beginTestRun = (root: string, id = '20261130T010203-abcdef'): TestRun => {
  const redactor = createRedactor()
  const record = openRunRecord(root, id, redactor)
  const events = openEventFile(join(record.folder, 'ev', 'w1-1.ndjson'), 'client', 'w1-1', redactor)
  const rows: ReportRow[] = []
  let containers = 0
  record.describe({ root, pid: process.pid })
  record.events.write('run.start', { engine: { name: 'test' }, root, pid: process.pid })
  return {
    folder: record.folder,
    record,
    rows,
    log(lane, service, lines) {
      using file = record.openLog(lane, service, String(++containers).padStart(12, '0'))
      file.write(lines)
      for (const [time, text, stream, flags] of lines)
        rows.push({ time, lane, service, stream, flags, text })
    },
    test({ id: test, retry = 0, start, end, lane, error, ...facts }, within = () => {}) {
      const x = `${test}#${retry}`
      const l = lane === undefined ? {} : { l: lane }
      const { file = 'a.test.ts', titlePath = [test], status = 'passed' } = facts
      const span = events.span('test', { x, ...l, id: test, retry, file, titlePath }, start)
      within({
        test: x,
        fetch({ service, path, start: from, end: to }) {
          const call = events.span(
            'call',
            {
              x,
              p: span.id,
              ...l,
              s: service,
              method: 'http.fetch',
              http: { method: 'GET', path },
            },
            from,
          )
          call.end({ status: 'done', ms: to - from }, to)
          return call.id
        },
        exec({ service, argv, output, start: from, end: to }) {
          const exec = record.events.span('exec', { x, p: span.id, ...l, s: service, argv }, from)
          const stdout = record.blob(output)
          exec.end(
            { exit: 0, ms: to - from, ...(stdout === undefined ? {} : { blobs: { stdout } }) },
            to,
          )
        },
      })
      span.end({ status, touched: [], ...(error === undefined ? {} : { error }) }, end)
    },
    [Symbol.dispose]() {
      record.events.write('run.end', { status: 'no client' })
      events[Symbol.dispose]()
      record[Symbol.dispose]()
    },
  }
}

/** Kinds of entries of a run, for comparisons. */
export const kindsOf = (events: readonly TraceEvent[]): string[] => events.map(({ k }) => k)
