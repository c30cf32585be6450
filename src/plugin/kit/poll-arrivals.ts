import { type Evidence, timedOut } from '../../call/deadline.ts'
import { withTimeout } from '../../call/with-timeout.ts'
import type { WaitOptions } from '../../define/handle.ts'
import { type ArrivalWords, evidenceOf } from './arrival-evidence.ts'
import { openNews } from './news.ts'

/** What {@link pollArrivals} waits for, and how it looks. */
export interface PollOptions<T> extends ArrivalWords<T> {
  /** What is waited for, and where: `a mail to "a@b.c" in mail`. */
  readonly awaited: string
  /** Asks the server for all that has arrived, oldest first. */
  look(signal: AbortSignal): Promise<readonly T[]>
  /** Returns whether it is the expected one. What it throws ends the wait. */
  matches(value: T): boolean | Promise<boolean>
  /** Returns whether a failed look is repeated, because the server may come back. */
  isAway(error: unknown): boolean
  /**
   * Calls back as soon as it listens, and for each arrival, until the signal aborts or the server hangs up.
   * While it listens the server is asked once a second, else 20 times a second.
   */
  follow?(onNews: () => void, signal: AbortSignal): Promise<void>
  /** Returns facts of the error besides how many values have arrived. */
  facts?(arrived: readonly T[]): Readonly<Record<string, unknown>>
}

/**
 * Returns the first arrival that matches on a server that has to be asked: one that has arrived, or the next that does.
 *
 * @param options.timeoutMs default 10 000; with 0 it looks once, however long that takes up to the default.
 * @throws {MesocosmError} `TIMEOUT` and `ABORTED` with a line for each of the last 20 arrivals, a timeout also with the
 * failure of the last look as its cause; what `matches` throws; failures of `look` that are not repeated.
 */
export const pollArrivals = async <T>(
  source: PollOptions<T>,
  options?: WaitOptions,
): Promise<T> => {
  let arrived: readonly T[] = []
  let failure: unknown
  const look = async (signal: AbortSignal): Promise<boolean> => {
    try {
      arrived = await source.look(signal)
      failure = undefined
      return true
    } catch (error) {
      if (signal.aborted || !source.isAway(error)) throw error
      failure = error
      return false
    }
  }
  const expected = async (): Promise<readonly [T] | undefined> => {
    for (const value of arrived) if (await source.matches(value)) return [value]
    return undefined
  }
  const wait = async (signal: AbortSignal): Promise<T> => {
    await using news = openNews(source.follow, signal)
    for (;;) {
      const answered = await look(signal)
      const found = await expected()
      if (found !== undefined) return found[0]
      signal.throwIfAborted()
      // Only now, because most have arrived at the first look.
      if (answered) news.follow()
      await news.next()
    }
  }
  const evidence = (): Evidence => {
    const seen = evidenceOf(arrived, source)
    return {
      ...seen,
      facts: { ...seen.facts, ...source.facts?.(arrived) },
      ...(failure === undefined ? {} : { cause: failure }),
    }
  }
  const what = `waiting for ${source.awaited}`
  if (options?.timeoutMs !== 0) return withTimeout(what, options, wait, evidence)
  const { signal } = options
  const found = await withTimeout(
    what,
    { signal },
    async (limit) => {
      await look(limit)
      return await expected()
    },
    evidence,
  )
  if (found === undefined) throw timedOut(what, 0, evidence())
  return found[0]
}
