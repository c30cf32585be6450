import type { Deadline, Evidence } from './deadline.ts'
import { pause } from './pause.ts'
import type { Waker } from './waker.ts'

/** Result of one look: the value that was waited for, or what was seen instead. */
export type Look<T> = { readonly found: T } | { readonly seen: string }

/** Options of {@link until}. */
export interface UntilOptions {
  /** Milliseconds between two looks; without it only `waker` starts the next one. */
  readonly everyMs?: number
  /** Starts the next look at once. */
  readonly waker?: Waker
  /** Evidence for the error, in addition to what was seen last. */
  readonly evidence?: () => Evidence
}

/**
 * Looks repeatedly until something is found.
 *
 * @throws {MesocosmError} `TIMEOUT` or `ABORTED` with what was seen last; what `look` throws.
 */
export const until = async <T>(
  deadline: Pick<Deadline, 'signal' | 'error'>,
  look: (signal: AbortSignal) => Promise<Look<T>> | Look<T>,
  { everyMs, waker, evidence = () => ({}) }: UntilOptions,
): Promise<T> => {
  const { signal } = deadline
  let seen = 'nothing yet'
  while (!signal.aborted) {
    const result = await look(signal)
    if ('found' in result) return result.found
    if (signal.aborted) break
    seen = result.seen
    await (waker?.sleep(signal, everyMs) ?? pause(everyMs, signal))
  }
  throw deadline.error({ seen: `last seen: ${seen}`, ...evidence() })
}
