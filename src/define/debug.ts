import type { AttachLines } from '../debug/attach-lines.ts'
import type { DebugFacts } from '../model/debug-facts.ts'
import type { WaitOptions } from './handle.ts'

/** Options of {@link BaseHandle.debug}. */
export interface DebugOptions extends WaitOptions {
  /**
   * Starts the program again, and again at each later start, so that it waits before its first line until a debugger
   * lets it go on. Default `false`.
   */
  readonly break?: boolean
  /**
   * Port of this machine; for PHP, the one at which the IDE listens. Default the usual one of the language, or one near
   * it: 9229 for the first Node service of the first lane.
   */
  readonly port?: number
}

/** A service to which debuggers can attach. Disposing it ends that, and puts the program back as it was. */
export interface ServiceDebug extends DebugFacts, AsyncDisposable {
  /** How to attach, by the tool: a command line, an address or an instruction. */
  readonly attach: AttachLines
  /** Ends it. */
  [Symbol.asyncDispose](): PromiseLike<void>
}
