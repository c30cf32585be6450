import type { Spans } from './event.ts'

/** Returns how a call ended that failed. */
export const callStatusOf = (
  { code }: { readonly code?: string },
  error: unknown,
): Spans['call']['end']['status'] => {
  // What `fetch` throws when the signal of its caller aborts.
  const name = error instanceof Error ? error.name : ''
  if (code === 'ABORTED' || name === 'AbortError') return 'aborted'
  return code?.endsWith('TIMEOUT') || name === 'TimeoutError' ? 'timeout' : 'failed'
}
