/** Wakes who waits; a ring that nobody waited for wakes the next at once. */
export interface Bell {
  ring(): void
  /** Until it rings or the time is over, whichever is first. Throws the signal's reason. */
  wait(ms: number, signal: AbortSignal): Promise<void>
}

export const createBell = (): Bell => {
  let rung = false
  let wake = () => {}
  return {
    ring() {
      rung = true
      wake()
    },
    async wait(ms, signal) {
      signal.throwIfAborted()
      if (!rung) {
        const { promise, resolve } = Promise.withResolvers<void>()
        const timer = setTimeout(resolve, ms)
        wake = resolve
        signal.addEventListener('abort', () => resolve(), { once: true })
        await promise
        clearTimeout(timer)
      }
      rung = false
      signal.throwIfAborted()
    },
  }
}
