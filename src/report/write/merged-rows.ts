import { rowFlag } from '../../trace/event/row-flag.ts'
import type { ReportRow } from '../log/number-rows.ts'
import type { ScannedLog } from './log-scan.ts'
import { RowReader } from './row-reader.ts'

/** Reads the rows of logs in the order of time. A file is open only between its first and its last row. */
export function* mergedRows<L extends ScannedLog>(
  logs: readonly L[],
): Generator<ReportRow & { readonly log: L; readonly offset: number }> {
  const queue = new TimeQueue(logs.length)
  const cursors = logs.map((log) => ({ log, row: 0, reader: undefined as RowReader | undefined }))
  try {
    for (const [index, { log }] of cursors.entries())
      if (log.times.length > 0) queue.push(log.times[0] as number, index)
    for (let index = queue.pop(); index !== undefined; index = queue.pop()) {
      const cursor = cursors[index] as (typeof cursors)[number]
      const { log, row } = cursor
      cursor.reader ??= new RowReader(log.path)
      const { lane, service } = log
      const time = log.times[row] as number
      const offset = log.offsets[row] as number
      const text = cursor.reader.at(offset)
      const { stream, flags } = cursor.reader.row
      yield text === undefined
        ? { log, offset, lane, service, time, text: damaged, stream: 1, flags: rowFlag.gap }
        : { log, offset, lane, service, time, text, stream, flags }
      cursor.row++
      if (cursor.row < log.times.length) queue.push(log.times[cursor.row] as number, index)
      else {
        cursor.reader[Symbol.dispose]()
        cursor.reader = undefined
      }
    }
  } finally {
    for (const { reader } of cursors) reader?.[Symbol.dispose]()
  }
}

// ---

const damaged = 'damaged lines of the record skipped'

/** A binary heap of files by the time of their next row; of equal times, the file that comes first. */
class TimeQueue {
  readonly #times: Float64Array
  readonly #files: Uint32Array
  #size = 0

  constructor(files: number) {
    this.#times = new Float64Array(files)
    this.#files = new Uint32Array(files)
  }

  push(time: number, file: number): void {
    let at = this.#size++
    while (at > 0) {
      const above = (at - 1) >>> 1
      if (!this.#isBefore(time, file, above)) break
      this.#move(above, at)
      at = above
    }
    this.#times[at] = time
    this.#files[at] = file
  }

  pop(): number | undefined {
    if (this.#size === 0) return undefined
    const first = this.#files[0] as number
    const last = --this.#size
    const time = this.#times[last] as number
    const file = this.#files[last] as number
    let at = 0
    for (;;) {
      let below = at * 2 + 1
      if (below >= last) break
      const other = below + 1
      if (
        other < last &&
        this.#isBefore(this.#times[other] as number, this.#files[other] as number, below)
      )
        below = other
      if (this.#isBefore(time, file, below)) break
      this.#move(below, at)
      at = below
    }
    this.#times[at] = time
    this.#files[at] = file
    return first
  }

  #isBefore(time: number, file: number, at: number): boolean {
    const other = this.#times[at] as number
    return time < other || (time === other && file < (this.#files[at] as number))
  }

  #move(from: number, to: number): void {
    this.#times[to] = this.#times[from] as number
    this.#files[to] = this.#files[from] as number
  }
}
