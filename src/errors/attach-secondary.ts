/** Keeps a second failure with the one that is reported: at the end of its chain of causes. */
export const attachSecondary = (error: unknown, second: unknown): void => {
  if (!(error instanceof Error)) return
  const chain = new Set<Error>([error])
  let last = error
  while (last.cause instanceof Error && !chain.has(last.cause)) {
    last = last.cause
    chain.add(last)
  }
  // One failure that several waited for comes back the same way.
  if (last.cause === undefined && !chain.has(second as Error)) last.cause = second
}
