import { rmSync } from 'node:fs'

/** A file of a tail. */
export interface TailPiece extends Disposable {
  readonly path: string
  append(rows: readonly string[]): void
}

/** What a tail is made of. */
export interface TailOptions {
  /** Creates its next file; `number` counts from 2. */
  readonly open: (number: number) => TailPiece
  /** Called with the number of rows that are gone. */
  readonly onDropped: (rows: number) => void
  /** Bytes from which the next file is begun; default 4 MiB. */
  readonly pieceBytes?: number
}

/** The last rows of a log whose record is full: readers follow a service also then. Two files at most are kept. */
export class LogTail implements Disposable {
  readonly #options: TailOptions
  #number = 1
  #current: { readonly piece: TailPiece; rows: number; bytes: number } | undefined
  #before: { readonly piece: TailPiece; readonly rows: number } | undefined

  constructor(options: TailOptions) {
    this.#options = options
  }

  /** @param mayTurn whether the next file may be begun: false within a line. */
  append(rows: readonly string[], mayTurn: boolean): void {
    const { open, onDropped, pieceBytes = 4 * 1024 * 1024 } = this.#options
    if (this.#current === undefined || (mayTurn && this.#current.bytes >= pieceBytes)) {
      if (this.#before !== undefined) {
        remove(this.#before.piece.path)
        onDropped(this.#before.rows)
      }
      this.#current?.piece[Symbol.dispose]()
      this.#before = this.#current
      this.#current = { piece: open(++this.#number), rows: 0, bytes: 0 }
    }
    this.#current.piece.append(rows)
    this.#current.rows += rows.length
    for (const row of rows) this.#current.bytes += row.length
  }

  [Symbol.dispose](): void {
    this.#current?.piece[Symbol.dispose]()
  }
}

// ---

const remove = (path: string): void => {
  try {
    rmSync(path, { force: true })
  } catch {
    // It stays, and is more than was promised.
  }
}
