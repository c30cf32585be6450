import { settledWithinRealTime } from './pause.ts'

/** Wakes one sleeper; a wake that comes while nothing sleeps is kept for the next sleep. */
export interface Waker {
  wake(): void
  /**
   * Resolves at the next wake, at once if one came since the last sleep, and when the signal aborts.
   *
   * @param atMostMs resolves after this time, too, which is real time as polling is; a wake that comes later is kept. Default no limit.
   */
  sleep(signal?: AbortSignal, atMostMs?: number): Promise<void>
}

/** Creates a waker on which nothing sleeps yet. */
export const createWaker = (): Waker => {
  let next = Promise.withResolvers<void>()
  return {
    wake: () => next.resolve(),
    async sleep(signal, atMostMs) {
      const mine = next
      const isWoken = await settledWithinRealTime(mine.promise, atMostMs, signal)
      // Another sleeper may have been woken by the same wake.
      if (isWoken && next === mine) next = Promise.withResolvers()
    },
  }
}
