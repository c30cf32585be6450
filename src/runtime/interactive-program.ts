import type { Writable } from 'node:stream'
import type { OutputChunk } from './running-program.ts'

/** Columns and rows of a terminal. */
export interface TerminalSize {
  /** Characters per line. */
  readonly columns: number
  /** Lines. */
  readonly rows: number
}

/** Options of `RuntimeAbilities.startInteractive`. */
export interface InteractiveOptions {
  /**
   * Called with each piece of output, of which a terminal has one stream only. The program is not read while the
   * returned promise is pending.
   */
  readonly onOutput: (chunk: OutputChunk) => Promise<void> | undefined
}

/** A program whose input and output are those of the caller. */
export interface InteractiveProgram {
  /** Its input; ending it ends the program's input, unless it has a terminal. */
  readonly input: Writable
  /** Sets the size of its terminal; a no-op for a program without one, or that has ended. */
  resize(size: TerminalSize): Promise<void>
  /**
   * Resolves with the exit code after the last byte of output. Rejects with `ENGINE_FAILED` or `ENGINE_GONE` if the
   * connection breaks first, and with `SERVICE_NOT_RUNNING` if the container is removed.
   */
  readonly exited: Promise<number>
}
