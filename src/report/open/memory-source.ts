import { createAttributor } from '../../trace/read/attribute/attributor.ts'
import type { Trace } from '../../trace/read/trace.ts'
import type { LogPart } from '../format/log-part.ts'
import { createLogTable } from '../log/log-table.ts'
import { createRowNumbering, type ReportRow } from '../log/number-rows.ts'
import { reportIndexOf } from '../report-index.ts'
import type { LogTable, ReportIndex, ReportSource } from '../source.ts'

/** A run in memory. */
export interface RunInMemory {
  readonly trace: Trace
  /** In any order. */
  readonly rows: readonly ReportRow[]
  /** Content by digest; default none. */
  readonly blobs?: ReadonlyMap<string, Uint8Array>
  /** What is left out, as sentences; default nothing. */
  readonly missing?: readonly string[]
}

/** Returns the index of a run in memory, and its log lines. */
export const tablesOf = ({
  trace,
  rows,
  missing = [],
}: Omit<RunInMemory, 'blobs'>): { readonly index: ReportIndex; readonly logs: LogTable } => {
  const index = reportIndexOf(trace, { logged: rows, lines: rows.length, missing })
  const attributor = createAttributor(trace)
  const numbering = createRowNumbering(attributor, index)
  const parts: LogPart[] = []
  const keep = (part: LogPart | undefined) => part !== undefined && parts.push(part)
  for (const row of rows.toSorted((a, b) => a.time - b.time)) keep(numbering.add(row))
  keep(numbering.end())
  return { index, logs: createLogTable(parts, attributor.all) }
}

/** Creates a source of a run in memory. */
export const createReportSource = (run: RunInMemory): ReportSource => {
  let tables: ReturnType<typeof tablesOf> | undefined
  const made = () => {
    tables ??= tablesOf(run)
    return tables
  }
  return {
    index: async () => made().index,
    trace: async () => run.trace,
    logs: async () => made().logs,
    blob: async (sha256) => run.blobs?.get(sha256),
  }
}
