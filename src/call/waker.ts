/** Wakes one sleeper; a wake that comes while nothing sleeps is kept for the next sleep. */
export interface Waker {
  wake(): void
  /** Resolves at the next wake, at once if one came since the last sleep, and when the signal aborts. */
  sleep(signal?: AbortSignal): Promise<void>
}

/** Creates a waker on which nothing sleeps yet. */
export const createWaker = (): Waker => {
  let next = Promise.withResolvers<void>()
  return {
    wake: () => next.resolve(),
    async sleep(signal) {
      const mine = next
      const onAbort = () => mine.resolve()
      signal?.addEventListener('abort', onAbort, { once: true })
      if (!signal?.aborted) await mine.promise
      signal?.removeEventListener('abort', onAbort)
      // Another sleeper may have been woken by the same wake.
      if (next === mine) next = Promise.withResolvers()
    },
  }
}
