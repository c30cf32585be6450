import { closeSync, openSync, renameSync, writeSync } from 'node:fs'
import { createAttributor } from '../../trace/read/attribute/attributor.ts'
import type { Trace } from '../../trace/read/trace.ts'
import { eachLine } from '../write/each-line.ts'
import { type ScannedLog, scanLogs } from '../write/log-scan.ts'
import { mergedRows } from '../write/merged-rows.ts'

/**
 * Removes the log lines that belong to dropped tests alone. Lines between tests stay: they are about the service.
 *
 * @param dropped positions in `trace.tests`.
 */
export const pruneLogs = (folder: string, trace: Trace, dropped: ReadonlySet<number>): void => {
  const logs = scanLogs(folder)
  const attributor = createAttributor(trace)
  const isDropped: (boolean | undefined)[] = []
  const offsets = new Map<ScannedLog, Set<number>>()
  for (const row of mergedRows(logs)) {
    const position = attributor.of(row)
    const { how, tests = [] } = attributor.all[position] ?? {}
    isDropped[position] ??=
      how !== 'gap' && tests.length > 0 && tests.every((test) => dropped.has(test))
    if (!isDropped[position]) continue
    const set = offsets.get(row.log) ?? new Set()
    offsets.set(row.log, set.add(row.offset))
  }
  for (const [{ path }, without] of offsets) rewrite(path, without)
}

// ---

const rewrite = (path: string, without: ReadonlySet<number>): void => {
  const draft = openSync(`${path}.tmp`, 'w', 0o600)
  try {
    eachLine(path, (bytes, start, end, offset) => {
      if (!without.has(offset)) writeSync(draft, bytes, start, end + 1 - start)
    })
  } finally {
    closeSync(draft)
  }
  renameSync(`${path}.tmp`, path)
}
