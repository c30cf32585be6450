import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import type { LogLine } from '../../model/log-line.ts'
import { type LogHeader, logFilePrefix, type StoredLine } from '../write/log-file.ts'

/** A log position: in which file of a service, after how many bytes. Files before `seq` are complete. */
export interface LogCursor {
  readonly seq: number
  readonly offset: number
}

/** The position before all output. */
export const logStart: LogCursor = { seq: 0, offset: 0 }

/**
 * Reads a service's output from the record on disk, so it also works when the service,
 * its container or the supervisor is gone. Synchronous: an assertion needs no await.
 */
export interface LogReader {
  /** Returns the lines from `cursor` to the end, and the position after the last whole line. */
  read(cursor: LogCursor): { readonly lines: LogLine[]; readonly next: LogCursor }
  /** Returns the position after everything that is written. */
  end(): LogCursor
  /** Returns the position before the first line of that time or later. */
  since(time: number): LogCursor
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
  const walk = (cursor: LogCursor, onText: (text: string) => void): LogCursor => {
    let next = cursor
    for (const { path, seq } of files()) {
      if (seq < cursor.seq) continue
      const start = seq === cursor.seq ? cursor.offset : 0
      const text = readFrom(path, start)
      const whole = text.lastIndexOf(0x0a) + 1
      if (whole > 0) onText(text.toString('utf8', 0, whole))
      next = { seq, offset: start + whole }
    }
    return next
  }
  return {
    read(cursor) {
      const lines: LogLine[] = []
      const next = walk(cursor, (text) => {
        for (const row of text.split('\n')) {
          if (!row.startsWith('[')) continue
          const [time, line, fd] = JSON.parse(row) as StoredLine
          lines.push({ time, text: line, stream: fd === 2 ? 'stderr' : 'stdout', service })
        }
      })
      return { lines, next }
    },
    end() {
      const last = files().at(-1)
      return last === undefined ? logStart : { seq: last.seq, offset: sizeOf(last.path) }
    },
    since(time) {
      const all = files()
      // Lines are in the order of time, so only the last file begun before that can hold earlier and later ones.
      const at = all.findLastIndex(({ begun }) => begun < time)
      const before = all[at]
      if (before === undefined) return logStart
      return { seq: before.seq, offset: offsetOf(readFrom(before.path, 0), time) }
    },
  }
}

const offsetOf = (text: Buffer, time: number): number => {
  let start = 0
  for (let end = text.indexOf(0x0a); end !== -1; end = text.indexOf(0x0a, start)) {
    // A row is `[<time>,…`.
    const isLine = text[start] === 0x5b
    if (isLine && Number.parseFloat(text.toString('latin1', start + 1, start + 20)) >= time) break
    start = end + 1
  }
  return start
}

interface SegmentFile extends Pick<LogHeader, 'seq'> {
  readonly path: string
  readonly begun: number
}

const segmentAt = (path: string): SegmentFile | undefined => {
  const text = readFrom(path, 0, 4096)
  const end = text.indexOf(0x0a)
  // The header is still being written; the next call sees it.
  if (end === -1) return undefined
  const { seq, t } = JSON.parse(text.toString('utf8', 0, end)) as LogHeader
  return { path, seq, begun: t }
}

const sizeOf = (path: string): number => {
  const file = openSync(path, 'r')
  try {
    return fstatSync(file).size
  } finally {
    closeSync(file)
  }
}

const readFrom = (path: string, offset: number, atMost = Number.POSITIVE_INFINITY): Buffer => {
  const file = openSync(path, 'r')
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
