import { basename, join } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import { rowFlag } from '../../trace/event/row-flag.ts'
import type { LogHeader } from '../../trace/write/log-file.ts'
import { eachLine } from './each-line.ts'
import { newRow, readRow } from './row-bytes.ts'

/** Where the rows of a log file are, in the order of time. */
export interface ScannedLog {
  readonly path: string
  readonly lane: string
  readonly service: string
  /** Milliseconds since 1970. */
  readonly times: Float64Array
  /** Position in the file, in bytes. Damaged rows in succession are one. */
  readonly offsets: Float64Array
}

/**
 * Finds the rows of all log files of a run, without keeping their text: a row takes 16 bytes. Rows that a later one
 * replaces are left out.
 *
 * @param folder `log/` of the run, and may be missing.
 */
export const scanLogs = (folder: string): ScannedLog[] =>
  namesIn(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .map((name) => scanLog(join(folder, name), name))

/** Whose output a log file holds. */
export type LogOwner = Pick<LogHeader, 'lane' | 'service'>

/** Returns the log files of a run, and whose they are. */
export const scanLogHeads = (
  folder: string,
): { readonly path: string; readonly head: LogOwner }[] =>
  namesIn(folder)
    .filter((name) => name.endsWith('.ndjson'))
    .sort()
    .map((name) => ({ path: join(folder, name), head: ownerOfLog(join(folder, name)) }))

/** Returns whose output a log file holds. */
export const ownerOfLog = (path: string): LogOwner => {
  let head: LogOwner | undefined
  eachLine(path, (bytes, start, end) => {
    if (bytes[start] === 0x7b) head ??= headIn(bytes.toString('utf8', start, end))
    return head === undefined
  })
  return head ?? headFrom(basename(path))
}

// ---

const scanLog = (path: string, name: string): ScannedLog => {
  const times: number[] = []
  const offsets: number[] = []
  /** By stream, where the row is that a later one may replace. */
  const open = new Map<1 | 2, readonly [time: number, offset: number]>()
  const row = newRow()
  let head: LogOwner | undefined
  let damaged = false
  eachLine(path, (bytes, start, end, offset) => {
    if (start === end) return
    if (bytes[start] === 0x7b) {
      head ??= headIn(bytes.toString('utf8', start, end))
    } else if (readRow(bytes, start, end, row)) {
      damaged = false
      if (open.size > 0) open.delete(row.stream)
      if (row.flags & rowFlag.partial) {
        open.set(row.stream, [row.time, offset])
      } else {
        times.push(row.time)
        offsets.push(offset)
      }
    } else {
      if (!damaged) {
        times.push(times.at(-1) ?? 0)
        offsets.push(offset)
      }
      damaged = true
    }
  })
  for (const [time, offset] of open.values()) {
    times.push(time)
    offsets.push(offset)
  }
  return { path, ...(head ?? headFrom(name)), ...sorted(times, offsets) }
}

const headIn = (line: string): LogOwner | undefined => {
  try {
    const { lane, service } = JSON.parse(line) as Partial<LogHeader>
    return typeof lane === 'string' && typeof service === 'string' ? { lane, service } : undefined
  } catch {
    return undefined
  }
}

/** The head is missing if the disk was full when the file was made. */
const headFrom = (name: string): LogOwner => {
  const [, lane = '', service = ''] = /^([^.]*)\.(.*)\.[^.]*\.ndjson$/.exec(name) ?? []
  return { lane, service }
}

/** Mostly they are in order: the engine's clock is one. */
const sorted = (times: readonly number[], offsets: readonly number[]) => {
  const inOrder = times.every((time, row) => row === 0 || time >= (times[row - 1] as number))
  if (inOrder) return { times: Float64Array.from(times), offsets: Float64Array.from(offsets) }
  const order = [...times.keys()].sort((a, b) => (times[a] as number) - (times[b] as number))
  return {
    times: Float64Array.from(order, (row) => times[row] as number),
    offsets: Float64Array.from(order, (row) => offsets[row] as number),
  }
}
