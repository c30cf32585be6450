import { isMesocosmError } from './mesocosm-error.ts'
import { messageOf } from './unknown-error.ts'

/** What the record keeps of a failure: the code, and the first sentence of the message. */
export const failureOf = (error: unknown): { readonly code?: string; readonly message: string } =>
  isMesocosmError(error)
    ? { code: error.code, message: error.summary }
    : { message: messageOf(error) }
