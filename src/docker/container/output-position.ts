import type { OutputChunk } from '../../runtime/runtime.ts'

/**
 * How much of a container's output was read, by stream, over all its starts: the log of the engine has them in one
 * piece. Counts lines, because the log has the lines of the live output, but may replace bytes that are not UTF-8.
 */
export interface OutputPosition {
  /** Whether everything before was read; false after a gap, and after a start that was not read. */
  known: boolean
  /** When the last start ended, in the engine's words; `undefined` before the first end. */
  finishedAt: string | undefined
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
    stdout: { lines: 0, rest: 0 },
    stderr: { lines: 0, rest: 0 },
  }
  return {
    known: true,
    finishedAt: undefined,
    add({ stream, bytes }) {
      const mark = read[stream]
      const last = bytes.lastIndexOf(newline)
      if (last === -1) {
        mark.rest += bytes.length
        return
      }
      for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1))
        mark.lines += 1
      mark.rest = bytes.length - last - 1
    },
    after(onRest) {
      const left = { stdout: { ...read.stdout }, stderr: { ...read.stderr } }
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

/** Whole lines, and bytes of the line after them. */
interface Mark {
  lines: number
  rest: number
}

const newline = 0x0a

/** Returns how many of the bytes belong to what is left to skip, and takes them off. */
const skip = (bytes: Uint8Array, left: Mark): number => {
  let at = 0
  while (left.lines > 0) {
    const end = bytes.indexOf(newline, at)
    if (end === -1) return bytes.length
    at = end + 1
    left.lines -= 1
  }
  if (left.rest === 0) return at
  // The logged line is shorter only if the engine replaced bytes of it.
  const end = bytes.indexOf(newline, at)
  const atMost = end === -1 ? bytes.length : end
  const taken = Math.min(left.rest, atMost - at)
  left.rest = at + taken === end ? 0 : left.rest - taken
  return at + taken
}
