import type { ErrorJson } from '../errors/mesocosm-error.ts'

/** One line on the wire. */
export type Message =
  | { readonly id: number; readonly method: string; readonly params: unknown }
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: ErrorJson }
  | { readonly notify: string; readonly params: unknown }
  /** The caller no longer waits for the answer. */
  | { readonly cancel: number }
