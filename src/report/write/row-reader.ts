import { closeSync, openSync, readSync } from 'node:fs'
import { newRow, type RowBytes, readRow, textIn } from './row-bytes.ts'

/** Reads single rows of a log file; rows that follow each other are read in one go. */
export class RowReader implements Disposable {
  /** Facts of the last row that was read. */
  readonly row: Readonly<RowBytes>
  readonly #row = newRow()
  readonly #file: number
  #block = Buffer.allocUnsafe(blockBytes)
  #start = 0
  #filled = 0
  /** Position of the first backslash at or after the last row. */
  #escape = -1

  constructor(path: string) {
    this.row = this.#row
    this.#file = openSync(path, 'r')
  }

  /** Returns the text of the row at a position; `undefined` if it is damaged. */
  at(offset: number): string | undefined {
    let start = offset - this.#start
    let end = this.#endOf(start)
    if (end === -1) {
      end = this.#read(offset)
      start = 0
    }
    if (end === -1 || !readRow(this.#block, start, end, this.#row)) return undefined
    const { from, to } = this.#row
    if (this.#escape < from) {
      const at = this.#block.indexOf(backslash, from)
      this.#escape = at === -1 ? Number.POSITIVE_INFINITY : at
    }
    return textIn(this.#block, this.#row, this.#escape < to)
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }

  #endOf(start: number): number {
    if (start < 0 || start >= this.#filled) return -1
    const end = this.#block.indexOf(lineFeed, start)
    return end < this.#filled ? end : -1
  }

  /** Reads from a position on, and returns where its row ends; -1 if the file was cut since its end was seen. */
  #read(offset: number): number {
    for (;;) {
      this.#filled = readSync(this.#file, this.#block, 0, this.#block.length, offset)
      this.#start = offset
      this.#escape = -1
      const end = this.#endOf(0)
      if (end !== -1 || this.#filled < this.#block.length) return end
      this.#block = Buffer.allocUnsafe(this.#block.length * 4)
    }
  }
}

// ---

const lineFeed = 0x0a
const backslash = 0x5c
const blockBytes = 256 * 1024
