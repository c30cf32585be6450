import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLine } from '../model/log-line.ts'
import { type LogHeader, logFilePrefix, type StoredLine } from './log-file.ts'

/** A place in a service's output: in which file, after how many bytes. Files before `seq` are over. */
export interface LogCursor {
  readonly seq: number
  readonly offset: number
}

export const logStart: LogCursor = { seq: 0, offset: 0 }

/**
 * Reads a service's output from the record on disk, so it also works when the service,
 * its container or the supervisor is gone. Synchronous: an assertion needs no await.
 */
export interface LogReader {
  /** Lines from `cursor` to the end, and the place after the last whole line. */
  read(cursor: LogCursor): { readonly lines: LogLine[]; readonly next: LogCursor }
  end(): LogCursor
}

export const createLogReader = (folder: string, lane: string, service: string): LogReader => {
  const known = new Map<string, number>()
  const files = () => {
    const prefix = logFilePrefix(lane, service)
    const found: { path: string; seq: number }[] = []
    for (const name of listOrEmpty(folder)) {
      if (!name.startsWith(prefix)) continue
      const path = join(folder, name)
      const seq = known.get(path) ?? readHeader(path)?.seq
      if (seq === undefined) continue
      known.set(path, seq)
      found.push({ path, seq })
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
  }
}

const listOrEmpty = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}

const readHeader = (path: string): LogHeader | undefined => {
  const text = readFrom(path, 0, 4096)
  const end = text.indexOf(0x0a)
  // Not yet written whole: the next call sees it.
  return end === -1 ? undefined : (JSON.parse(text.toString('utf8', 0, end)) as LogHeader)
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
