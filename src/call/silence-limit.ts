import { waitClock } from './wait-clock.ts'

/** A limit on how long another side may be silent; dispose it when the exchange has ended. */
export interface SilenceLimit extends Disposable {
  /** Begins the time again: the other side was heard. */
  renew(): void
}

/** Calls back once the other side was silent for `ms` of the {@link waitClock}. */
export const silenceLimit = (ms: number, call: () => void): SilenceLimit => {
  let timer = waitClock.timer(ms, call)
  return {
    renew() {
      timer[Symbol.dispose]()
      timer = waitClock.timer(ms, call)
    },
    [Symbol.dispose]: () => timer[Symbol.dispose](),
  }
}
