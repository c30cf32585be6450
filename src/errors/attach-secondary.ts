import { isError } from './is-error.ts'

/** Attaches a second failure to the reported one, at the end of its chain of causes. */
export const attachSecondary = (error: unknown, second: unknown): void => {
  if (!isError(error)) return
  const chain = new Set<Error>([error])
  let last = error
  while (isError(last.cause) && !chain.has(last.cause)) {
    last = last.cause
    chain.add(last)
  }
  // Several callers may have waited for the same failure: do not attach it to itself.
  if (last.cause === undefined && !chain.has(second as Error)) last.cause = second
}
