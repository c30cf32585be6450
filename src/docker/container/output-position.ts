import type { OutputChunk } from '../../runtime/running-program.ts'
import { createRecentOutput } from './recent-output.ts'

/**
 * How much of a container's output was read, by stream, over all its starts: the log of the engine has them in one
 * piece. Counts lines, because the log has the lines of the live output, but may replace bytes that are not UTF-8. Where
 * a start ended within a line, some engines go on with that line, others begin another one.
 */
export interface OutputPosition {
  /** Whether everything before was read; false after a gap, and after a start that was not read. */
  known: boolean
  /** When the last start ended, in the engine's words; `undefined` before the first end. */
  finishedAt: string | undefined
  /** Whether an earlier start ended within a line, so that engines count its lines differently. */
  joined: boolean
  /** How many lines were read. */
  lines(): number
  /** Whether what was read of a stream surely ends as this end of its log does. */
  endsLike(stream: OutputChunk['stream'], log: Uint8Array): boolean
  /** Whether what was read of a stream ends within a line. */
  isWithinLine(stream: OutputChunk['stream']): boolean
  /** Counts a chunk. */
  add(chunk: OutputChunk): void
  /** Returns a function that passes on what comes after this position, for the whole log from its first byte. */
  after(onRest: (chunk: OutputChunk) => void): LogRest
}

/** Reads a whole log, and leaves out what was read before. */
export interface LogRest {
  push(chunk: OutputChunk): void
  /** Whether the log had everything that was read before. */
  reached(): boolean
}

/** Creates the position before all output. */
export const createOutputPosition = (): OutputPosition => {
  const read: Record<OutputChunk['stream'], Mark> = {
    stdout: { lines: 0, rest: noBytes, unkept: 0 },
    stderr: { lines: 0, rest: noBytes, unkept: 0 },
  }
  const recent = { stdout: createRecentOutput(), stderr: createRecentOutput() }
  return {
    known: true,
    finishedAt: undefined,
    joined: false,
    lines: () => read.stdout.lines + read.stderr.lines,
    endsLike: (stream, log) => recent[stream].endsLike(log),
    isWithinLine: (stream) => read[stream].rest.length > 0,
    add({ stream, bytes }) {
      const mark = read[stream]
      recent[stream].add(bytes)
      const last = bytes.lastIndexOf(newline)
      if (last === -1) return keep(mark, bytes)
      for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1))
        mark.lines += 1
      mark.rest = noBytes
      mark.unkept = 0
      keep(mark, bytes.subarray(last + 1))
    },
    after(onRest) {
      const left = { stdout: leftOf(read.stdout), stderr: leftOf(read.stderr) }
      return {
        push({ stream, bytes }) {
          const from = skip(bytes, left[stream])
          if (from < bytes.length) onRest({ stream, bytes: bytes.subarray(from) })
        },
        reached: () => left.stdout.lines === 0 && left.stderr.lines === 0,
      }
    },
  }
}

// ---

/** Whole lines, and the line after them as far as it was read. */
interface Mark {
  lines: number
  /** The first bytes of that line. */
  rest: Buffer
  /** How many bytes of that line are not in `rest`. */
  unkept: number
}

/** What is still to be skipped. */
interface Left extends Readonly<Mark> {
  lines: number
  /** How much of the unfinished line is skipped. */
  at: number
  /** How many bytes of a replacement character are still to come. */
  replacing: number
}

const newline = 0x0a
const noBytes = Buffer.alloc(0)
/** How much of an unfinished line is kept. */
const mostKept = 65_536
/** What engines log for each byte that is not UTF-8. */
const replacement = Buffer.from('\ufffd')

const keep = (mark: Mark, bytes: Uint8Array): void => {
  const kept = bytes.subarray(0, mostKept - mark.rest.length)
  if (kept.length > 0) mark.rest = Buffer.concat([mark.rest, kept])
  mark.unkept += bytes.length - kept.length
}

const leftOf = (mark: Mark): Left => ({ ...mark, at: 0, replacing: 0 })

/** Returns how many of the bytes belong to what is left to skip, and takes them off. */
const skip = (bytes: Uint8Array, left: Left): number => {
  let at = 0
  while (left.lines > 0) {
    const end = bytes.indexOf(newline, at)
    if (end === -1) return bytes.length
    at = end + 1
    left.lines -= 1
  }
  while (at < bytes.length) {
    if (left.replacing > 0) {
      left.replacing -= 1
    } else {
      if (left.at === left.rest.length + left.unkept) return at
      // The logged line is shorter only if it is another one.
      if (bytes[at] === newline) {
        left.at = left.rest.length + left.unkept
        return at
      }
      const read = left.rest[left.at]
      if (read !== undefined && read !== bytes[at] && bytes[at] === replacement[0])
        left.replacing = replacement.length - 1
      left.at += 1
    }
    at += 1
  }
  return at
}
