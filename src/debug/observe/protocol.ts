import type { Parser } from './byte-reader.ts'
import type { Pauses } from './pauses.ts'

/** A protocol of debuggers: what the two directions of a connection say about pauses. */
export type DebugProtocol = (pauses: Pauses) => {
  /** Parser of the bytes to the program's debugger; absent if they need not be read. */
  readonly toProgram?: () => Parser
  /** Parser of the bytes to the IDE. */
  readonly toIde: () => Parser
}
