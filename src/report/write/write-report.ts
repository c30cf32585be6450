import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { assertRecord, readTraceFiles } from '../../trace/load-trace.ts'
import { type Attributor, createAttributor } from '../../trace/read/attribute/attributor.ts'
import { mergeTrace } from '../../trace/read/merge-trace.ts'
import { encodeFiles } from '../format/encode-files.ts'
import { encodePart } from '../format/encode-part.ts'
import type { LogPart } from '../format/log-part.ts'
import { createRowNumbering, type RowNumbering } from '../log/number-rows.ts'
import { reportIndexOf } from '../report-index.ts'
import type { ReportIndex } from '../source.ts'
import { chooseBlobs, readBlob } from './choose-blobs.ts'
import { ChunkFolder } from './chunk-folder.ts'
import { type ScannedLog, scanLogs } from './log-scan.ts'
import { mergedRows } from './merged-rows.ts'
import { pageTemplate } from './page-template.ts'
import { withTrueStatus } from './true-status.ts'
import { writePage } from './write-page.ts'

/** How a report is written. */
export interface WriteReportOptions {
  /** Bytes of exec output, mails and objects that go into the report; default 32 MiB. */
  readonly blobBytes?: number
  /** Bytes of data from which on it goes into files next to the page; default 64 MiB. */
  readonly wholeBytes?: number
}

/** A report that was written. */
export interface WrittenReport {
  /** The HTML file. */
  readonly path: string
  /** Number of attempts of tests. */
  readonly tests: number
  /** Number of log lines. */
  readonly lines: number
}

/** Name of a report in the folder of its run. */
export const reportName = 'report.html'

/**
 * Writes `report.html` into the folder of a run, also of one that is running or was killed, and replaces the one that
 * is there. Needs memory for the entries of the run, not for its log lines.
 *
 * @param runFolder `.mesocosm/runs/<id>`, or `.mesocosm/latest`.
 * @throws {MesocosmError} `TRACE_NOT_FOUND` if the folder is not the record of a run.
 */
export const writeReport = async (
  runFolder: string,
  { blobBytes = 32 * mebibyte, wholeBytes = 64 * mebibyte }: WriteReportOptions = {},
): Promise<WrittenReport> => {
  assertRecord(runFolder)
  const logs = scanLogs(join(runFolder, 'log'))
  await using chunks = await ChunkFolder.in(runFolder)
  const { index, attributor } = await addEntries(chunks, runFolder, { logs, blobBytes })
  await addLogs(chunks, logs, createRowNumbering(attributor, index))
  await chunks.add('attributions', '0', jsonOf(attributor.all))
  const path = join(runFolder, reportName)
  await writePage(path, {
    template: pageTemplate(),
    drafts: chunks.folder,
    chunks: await chunks.all(),
    wholeBytes,
  })
  return { path, tests: index.tests.length, lines: index.lines }
}

/** Returns the report of a run, and writes it first if there is none: the run was killed. */
export const reportOf = async (runFolder: string): Promise<string> => {
  const path = join(runFolder, reportName)
  return existsSync(path) ? path : (await writeReport(runFolder)).path
}

// ---

const mebibyte = 1024 * 1024

/** Adds what needs all entries in memory, which are freed before the log lines are read. */
const addEntries = async (
  chunks: ChunkFolder,
  runFolder: string,
  { logs, blobBytes }: { readonly logs: readonly ScannedLog[]; readonly blobBytes: number },
): Promise<{ readonly index: ReportIndex; readonly attributor: Attributor }> => {
  const files = withTrueStatus(readTraceFiles(runFolder))
  const trace = mergeTrace(files)
  const blobs = chooseBlobs(trace, blobBytes)
  const index = reportIndexOf(trace, {
    logged: logs,
    lines: logs.reduce((sum, { times }) => sum + times.length, 0),
    missing: leftBlobs(blobs.left),
  })
  await chunks.add('index', '0', jsonOf(index))
  let part = 0
  for (const chunk of encodeFiles(files)) await chunks.add('events', String(part++), chunk)
  for (const { sha256 } of blobs.chosen) {
    const content = readBlob([join(runFolder, 'blob')], sha256)
    if (content !== undefined) await chunks.add('blob', sha256, content)
  }
  return { index, attributor: createAttributor(trace) }
}

const addLogs = async (
  chunks: ChunkFolder,
  logs: readonly ScannedLog[],
  numbering: RowNumbering,
): Promise<void> => {
  let part = 0
  const add = async (rows: LogPart | undefined) => {
    if (rows !== undefined) await chunks.add('logs', String(part++), encodePart(rows))
  }
  for (const row of mergedRows(logs)) {
    const full = numbering.add(row)
    if (full !== undefined) await add(full)
  }
  await add(numbering.end())
}

const jsonOf = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))

const leftBlobs = ({ count, bytes }: { readonly count: number; readonly bytes: number }) =>
  count === 0
    ? []
    : [
        `${count} long ${count === 1 ? 'output' : 'outputs'} of ${Math.ceil(bytes / mebibyte)} MiB in all: see blob/ in the folder of the run`,
      ]
