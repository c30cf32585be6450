import { AsyncLocalStorage } from 'node:async_hooks'
import { waitClock } from './wait-clock.ts'

/** How long code of others may take for one call; it may have to load large packages on a busy machine. */
export const foreignLimitMs = 120_000

/**
 * Calls code of others in this process, which may do anything: throw in a timer, drop a promise that rejects, emit an
 * `error` without a listener, end the process, or never answer. While the call lasts, each of these fails it.
 * With {@link guardProcess} none of them ends the process, however late it happens.
 *
 * @param name what is called, for messages.
 */
export const callForeign = async <T>(
  name: string,
  work: () => Promise<T>,
  limitMs = foreignLimitMs,
): Promise<T> => {
  const { promise: over, reject } = Promise.withResolvers<never>()
  over.catch(() => undefined)
  using _limit = waitClock.timer(limitMs, () =>
    reject(new Error(`${name} did not answer within ${limitMs} ms`)),
  )
  // Everything that the code starts keeps this store, and so does what it leaves behind.
  return await Promise.race([calls.run({ name, fail: reject }, work), over])
}

/** What becomes of errors that nothing has caught. */
export interface UncaughtErrors {
  /** The process goes on. */
  foreign(name: string, error: unknown): void
  own(kind: 'exception' | 'rejection', error: unknown): void
}

/** Sorts the uncaught errors of this process, and keeps code of others from ending it. Disposing it takes that back. */
export const guardProcess = (uncaught: UncaughtErrors): Disposable => {
  const sort = (kind: 'exception' | 'rejection') => (error: unknown) => {
    const call = calls.getStore()
    if (call === undefined) return uncaught.own(kind, error)
    call.fail(error)
    uncaught.foreign(call.name, error)
  }
  const [onException, onRejection] = [sort('exception'), sort('rejection')]
  process.on('uncaughtException', onException)
  process.on('unhandledRejection', onRejection)
  const { exit } = process
  process.exit = (code) => {
    const call = calls.getStore()
    if (call === undefined) return exit.call(process, code)
    throw new Error(`${call.name} called process.exit(${code ?? ''})`)
  }
  return {
    [Symbol.dispose]() {
      process.off('uncaughtException', onException)
      process.off('unhandledRejection', onRejection)
      process.exit = exit
    },
  }
}

// ---

interface ForeignCall {
  readonly name: string
  readonly fail: (error: unknown) => void
}

const calls = new AsyncLocalStorage<ForeignCall>()
