import type { CallOrigin } from '../call/call.ts'
import type { ErrorJson } from '../errors/mesocosm-error.ts'

/** One line on the wire. */
export type Message =
  | {
      readonly id: number
      readonly method: string
      readonly params: unknown
      /** Who calls, for the record, and how long the caller waits. */
      readonly from?: CallOrigin
    }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorJson }
  | { readonly notify: string; readonly params: unknown }
  /** The caller no longer waits for the answer: its work is cancelled. */
  | { readonly cancel: number }
