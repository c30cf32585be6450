/** What a debugger of a connection has done to the program. */
export type DebugState = 'paused' | 'resumed'

/** Called with each change; never twice in a row with the same state, and first with `paused`. */
export type OnDebugState = (state: DebugState) => void

/**
 * Reads along on one connection between an IDE and a debugger, and reports when the program pauses and resumes. It
 * changes and delays nothing. Of a stream that is not of its protocol it reports nothing, and it never throws. When the
 * connection ends, `end` reports `resumed` if the program was paused: debuggers let it run then.
 */
export interface DebugObserver {
  /** Bytes on their way to the program's debugger. */
  toProgram(chunk: Uint8Array): void
  /** Bytes on their way to the IDE. */
  toIde(chunk: Uint8Array): void
  /** The connection has ended. */
  end(): void
}
