import { join } from 'node:path'
import type { LogPart } from '../../report/format/log-part.ts'
import type { LogTable, ReportIndex, ReportTest } from '../../report/source.ts'
import type { ScannedLog } from '../../report/write/log-scan.ts'
import { readTraceFiles } from '../../trace/load-trace.ts'
import { mergeTrace } from '../../trace/read/merge-trace.ts'
import type { Trace } from '../../trace/read/trace.ts'
import { findRecord, type RunRecordFacts } from './records.ts'

/** The record of a run; its log lines are read when they are asked for. */
export interface OpenRecord {
  readonly facts: RunRecordFacts
  readonly trace: Trace
  /** Tests, and what is missing; without log lines. */
  readonly index: ReportIndex
  /** Reads the log lines around a test. The index is that of the table. */
  logsAround(
    test: Pick<ReportTest, 'start' | 'end'>,
  ): Promise<{ readonly index: ReportIndex; readonly logs: LogTable }>
}

/**
 * Reads the record of a run.
 *
 * @param named as in {@link findRecord}.
 * @throws {MesocosmError} `TRACE_NOT_FOUND`
 */
export const openRecord = async (
  root: string,
  named?: string,
  cwd?: string,
): Promise<OpenRecord> => {
  const facts = await findRecord(root, named, cwd)
  const [{ reportIndexOf }, { withTrueStatus }] = await Promise.all([
    import('../../report/report-index.ts'),
    import('../../report/write/true-status.ts'),
  ])
  const trace = mergeTrace(withTrueStatus(readTraceFiles(facts.folder)))
  let scanned: Promise<readonly ScannedLog[]> | undefined
  return {
    facts,
    trace,
    index: reportIndexOf(trace, { logged: [], lines: 0, missing: [] }),
    async logsAround({ start, end }) {
      scanned ??= scan(join(facts.folder, 'log'))
      const logs = (await scanned).map((log) => between(log, start - margin, end + margin))
      return tableOf(trace, logs)
    },
  }
}

// ---

/** Lines so long before and after a test may be about it, milliseconds. */
const margin = 5_000

const scan = async (folder: string): Promise<readonly ScannedLog[]> => {
  const { scanLogs } = await import('../../report/write/log-scan.ts')
  return scanLogs(folder)
}

const tableOf = async (trace: Trace, scanned: readonly ScannedLog[]) => {
  const [
    { reportIndexOf },
    { mergedRows },
    { createAttributor },
    { createRowNumbering },
    { createLogTable },
  ] = await Promise.all([
    import('../../report/report-index.ts'),
    import('../../report/write/merged-rows.ts'),
    import('../../trace/read/attribute/attributor.ts'),
    import('../../report/log/number-rows.ts'),
    import('../../report/log/log-table.ts'),
  ])
  const lines = scanned.reduce((sum, { times }) => sum + times.length, 0)
  const index = reportIndexOf(trace, { logged: scanned, lines, missing: [] })
  const attributor = createAttributor(trace)
  const numbering = createRowNumbering(attributor, index)
  const parts: LogPart[] = []
  const keep = (part: LogPart | undefined) => part !== undefined && parts.push(part)
  for (const row of mergedRows(scanned)) keep(numbering.add(row))
  keep(numbering.end())
  return { index, logs: createLogTable(parts, attributor.all) }
}

/** A record may have a million lines, of which a test has few. */
const between = (log: ScannedLog, from: number, to: number): ScannedLog => {
  const first = log.times.findIndex((time) => time >= from)
  const last = log.times.findLastIndex((time) => time <= to)
  const [begin, end] = first === -1 ? [0, 0] : [first, Math.max(first, last + 1)]
  return {
    ...log,
    times: log.times.subarray(begin, end),
    offsets: log.offsets.subarray(begin, end),
  }
}
