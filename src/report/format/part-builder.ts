import type { LogLevel } from '../source.ts'
import { type LogPart, markOf } from './log-part.ts'

/** A log line, with the numbers of what it belongs to. */
export interface NumberedRow {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly text: string
  readonly service: number
  readonly lane: number
  readonly stream: 1 | 2
  /** Bits of `rowFlag`. */
  readonly flags: number
  readonly level: LogLevel | undefined
  readonly attribution: number
}

/** Bytes of text from which a part is full: a search decodes a part at once. */
export const partBytes = 4 * 1024 * 1024

/** Longest time that two rows of a part can be apart: what the encoding of times holds. */
const longestPauseMs = 2 ** 32 / 1000 - 1

/** Puts rows into parts. */
export class PartBuilder {
  #rows = 0
  #bytes = 0
  #last = Number.NEGATIVE_INFINITY
  #columns: Columns | undefined
  #text = new Uint8Array(0)

  /** Whether the row must go into the next part. */
  isFullFor(time: number): boolean {
    return this.#rows > 0 && (this.#bytes >= partBytes || time - this.#last > longestPauseMs)
  }

  /** Adds a row. A time before that of the row before it becomes that one: rows are searched by time. */
  add({ time, text, service, lane, stream, flags, level, attribution }: NumberedRow): void {
    const row = this.#rows++
    let columns = this.#columns ?? columnsOf(firstRows)
    if (row === columns.time.length) columns = widened(columns)
    this.#columns = columns
    this.#last = Math.max(this.#last, time)
    columns.time[row] = this.#last
    columns.service[row] = service
    columns.lane[row] = lane
    columns.mark[row] = markOf(stream, level)
    columns.flags[row] = flags
    columns.attribution[row] = attribution
    this.#write(text.includes('\n') ? text.replaceAll('\n', ' ') : text)
    columns.start[row + 1] = this.#bytes
  }

  /** Returns the rows so far, and begins the next part; `undefined` if there are none. */
  take(): LogPart | undefined {
    const rows = this.#rows
    const columns = this.#columns
    if (columns === undefined) return undefined
    const part = {
      time: columns.time.subarray(0, rows),
      start: columns.start.subarray(0, rows + 1),
      text: this.#text.subarray(0, this.#bytes),
      service: columns.service.subarray(0, rows),
      lane: columns.lane.subarray(0, rows),
      mark: columns.mark.subarray(0, rows),
      flags: columns.flags.subarray(0, rows),
      attribution: columns.attribution.subarray(0, rows),
    }
    this.#rows = 0
    this.#bytes = 0
    this.#columns = undefined
    this.#text = new Uint8Array(0)
    return part
  }

  #write(text: string): void {
    // UTF-8 has at most three bytes per unit of UTF-16.
    const needed = this.#bytes + text.length * 3 + 1
    if (needed > this.#text.length) {
      const larger = new Uint8Array(Math.max(needed, this.#text.length * 2, firstBytes))
      larger.set(this.#text.subarray(0, this.#bytes))
      this.#text = larger
    }
    const { written } = encoder.encodeInto(text, this.#text.subarray(this.#bytes))
    this.#bytes += written
    this.#text[this.#bytes++] = lineFeed
  }
}

// ---

const lineFeed = 0x0a

const firstRows = 4096
const firstBytes = 256 * 1024

const encoder = new TextEncoder()

type Columns = Omit<LogPart, 'text'>

const columnsOf = (rows: number): Columns => ({
  time: new Float64Array(rows),
  start: new Uint32Array(rows + 1),
  service: new Uint16Array(rows),
  lane: new Uint16Array(rows),
  mark: new Uint8Array(rows),
  flags: new Uint8Array(rows),
  attribution: new Uint32Array(rows),
})

const widened = (columns: Columns): Columns => {
  const wide = columnsOf(columns.time.length * 2)
  wide.time.set(columns.time)
  wide.start.set(columns.start)
  wide.service.set(columns.service)
  wide.lane.set(columns.lane)
  wide.mark.set(columns.mark)
  wide.flags.set(columns.flags)
  wide.attribution.set(columns.attribution)
  return wide
}
