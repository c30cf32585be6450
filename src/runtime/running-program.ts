import type { Runtime } from './runtime.ts'

/** A program that was started. */
export interface StartedProgram {
  /** Resolves, never rejects, after the last byte of this start's output (immediately without `onOutput`). */
  readonly outputEnded: Promise<void>
}

/** A piece of a program's output. */
export interface OutputChunk {
  /** The stream it was written to. */
  readonly stream: 'stdout' | 'stderr'
  /** May end inside of a character. */
  readonly bytes: Uint8Array
}

/** Output of a program that could not be read. */
export interface OutputGap {
  /** Why, such as the fault of the connection. */
  readonly reason: string
  /** When it was noticed, milliseconds since 1970. */
  readonly timeMs: number
}

/** Options of {@link Runtime.exec}. */
export interface ExecOptions {
  /** Kills the program. */
  readonly signal?: AbortSignal
  /** Milliseconds before the program is killed; default none. */
  readonly timeoutMs?: number
}
