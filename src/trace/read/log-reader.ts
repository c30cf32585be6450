import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import { codeOf } from '../../errors/unknown-error.ts'
import type { LogLine } from '../../model/log-line.ts'
import { type LogHeader, logFilePrefix } from '../write/log-file.ts'
import { numberOf, parseRows, type RowsRead } from './log-rows.ts'

/** A log position: in which file of a service, after how many bytes. Files before `seq` are complete. */
export interface LogCursor {
  readonly seq: number
  readonly offset: number
}

/** The position before all output. */
export const logStart: LogCursor = { seq: 0, offset: 0 }

/** What was read, and where to go on. */
export interface LogRead extends RowsRead {
  /** The position after the last whole row. A line that was open is read whole from here when it has ended. */
  readonly next: LogCursor
}

/**
 * Reads a service's output from the record on disk, so it also works when the service,
 * its container or the supervisor is gone. Synchronous: an assertion needs no await.
 */
export interface LogReader {
  /**
   * Returns the lines from `cursor` to the end. What is damaged is a gap, never an error.
   *
   * @param atMost bytes to read now, at least the 4 MiB that the longest row can have; `next` is where to go on. Lines
   * are open only at the end of the log. Default no limit.
   */
  read(cursor: LogCursor, atMost?: number): LogRead
  /** Returns the position after everything that is written. */
  end(): LogCursor
  /** Returns the position after the row of that number of the run, wherever it is. */
  after(row: number): LogCursor
}

/** Creates a reader of one service in one lane. `folder` is `log/` of the run, and may be missing. */
export const createLogReader = (folder: string, lane: string, service: string): LogReader => {
  const known = new Map<string, SegmentFile>()
  const files = () => {
    const prefix = logFilePrefix(lane, service)
    const found: SegmentFile[] = []
    for (const name of namesIn(folder)) {
      if (!name.startsWith(prefix)) continue
      const path = join(folder, name)
      const file = known.get(path) ?? segmentAt(path)
      if (file === undefined) continue
      known.set(path, file)
      found.push(file)
    }
    return found.sort((a, b) => a.seq - b.seq)
  }
  return {
    read(cursor, atMost = Number.POSITIVE_INFINITY) {
      const lines: LogLine[] = []
      const numbers: number[] = []
      let left = atMost
      let open: LogLine[] = []
      let next = cursor
      for (const { path, seq } of files()) {
        if (seq < cursor.seq) continue
        const start = seq === cursor.seq ? cursor.offset : 0
        const bytes = readFrom(path, start, left)
        left -= bytes.length
        const whole = bytes.lastIndexOf(lineFeed) + 1
        const rows = parseRows(bytes.toString('utf8', 0, whole), service)
        for (const line of rows.lines) lines.push(line)
        for (const number of rows.numbers) numbers.push(number)
        open.push(...rows.open)
        next = { seq, offset: start + whole }
        if (left > 0) continue
        open = []
        break
      }
      return { lines, numbers, open, next }
    },
    end() {
      const last = files().at(-1)
      return last === undefined ? logStart : { seq: last.seq, offset: endOfRows(last.path) }
    },
    after(row) {
      // Rows are in the order of numbers, so only the last file begun before can hold earlier and later ones.
      const before = files().findLast((file) => file.after < row)
      if (before === undefined) return logStart
      return { seq: before.seq, offset: offsetAfter(readFrom(before.path, 0), row) }
    },
  }
}

// ---

const lineFeed = 0x0a

/** Returns where the first row of a higher number begins. */
const offsetAfter = (bytes: Buffer, row: number): number => {
  let start = 0
  for (let end = bytes.indexOf(lineFeed); end !== -1; end = bytes.indexOf(lineFeed, start)) {
    if (isAfter(bytes.subarray(start, end), row)) break
    start = end + 1
  }
  return start
}

/** A row is `[…,<number>]`. Only one whose end looks right is parsed. */
const isAfter = (bytes: Buffer, row: number): boolean => {
  const comma = bytes.lastIndexOf(0x2c)
  const number = Number.parseInt(bytes.toString('latin1', comma + 1), 10)
  return number > row && (numberOf(bytes.toString()) ?? 0) > row
}

interface SegmentFile extends Pick<LogHeader, 'seq' | 'after'> {
  readonly path: string
}

const segmentAt = (path: string): SegmentFile | undefined => {
  const text = readFrom(path, 0, 4096).toString()
  // Whole lines; the head is not the first one if the disk was full then.
  for (const line of text.split('\n').slice(0, -1)) {
    const head = headIn(line)
    if (head !== undefined) return { path, ...head }
  }
  // It is still being written; the next call sees it.
  return undefined
}

const headIn = (line: string): Pick<LogHeader, 'seq' | 'after'> | undefined => {
  try {
    const head = JSON.parse(line) as Partial<LogHeader> | null
    return typeof head?.seq === 'number' ? { seq: head.seq, after: head.after ?? 0 } : undefined
  } catch {
    return undefined
  }
}

/** Returns the size of a file without the row that is still being written. */
const endOfRows = (path: string): number => {
  const size = sizeOf(path)
  for (let length = 4096; ; length *= 8) {
    const start = Math.max(0, size - length)
    const end = readFrom(path, start, size - start).lastIndexOf(lineFeed)
    if (end !== -1 || start === 0) return start + end + 1
  }
}

const openIfExists = (path: string): number | undefined => {
  try {
    return openSync(path, 'r')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const sizeOf = (path: string): number => {
  const file = openIfExists(path)
  if (file === undefined) return 0
  try {
    return fstatSync(file).size
  } finally {
    closeSync(file)
  }
}

const readFrom = (path: string, offset: number, atMost = Number.POSITIVE_INFINITY): Buffer => {
  const file = openIfExists(path)
  // Of a record that is full, the oldest files are deleted.
  if (file === undefined) return Buffer.alloc(0)
  try {
    const length = Math.min(Math.max(fstatSync(file).size - offset, 0), atMost)
    const buffer = Buffer.allocUnsafe(length)
    let filled = 0
    while (filled < length) {
      const count = readSync(file, buffer, filled, length - filled, offset + filled)
      if (count === 0) break
      filled += count
    }
    return buffer.subarray(0, filled)
  } finally {
    closeSync(file)
  }
}
