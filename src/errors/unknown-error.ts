import { isError } from './is-error.ts'
import { isMesocosmError, MesocosmError } from './mesocosm-error.ts'

/** Returns the message of anything that was thrown. */
export const messageOf = (error: unknown): string =>
  isError(error) ? error.message : String(error)

/** Returns the `code` of a system or Node error, such as `ENOENT`; `undefined` if it has none. */
export const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : undefined

/** Returns a thrown value as a `MesocosmError`. One that is not such an error is a defect: `INTERNAL`, with it as `cause`. */
export const toMesocosmError = (error: unknown): MesocosmError =>
  isMesocosmError(error) ? error : internalError(messageOf(error), error)

/** Returns the error for a broken invariant. */
export const internalError = (message: string, cause?: unknown): MesocosmError =>
  new MesocosmError({
    code: 'INTERNAL',
    message,
    remedy: 'this is a defect of Mesocosm; report it with the supervisor.log of the run',
    ...(cause === undefined ? {} : { cause }),
  })
