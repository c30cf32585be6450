import { MesocosmError, type WaitOptions } from 'mesocosm'

/** Why a statement has ended before its time: the time was up, its caller called it off, or the service goes. */
export const calledOff = (
  service: string,
  { signal, timeoutMs }: WaitOptions,
  time: AbortSignal | undefined,
): MesocosmError => {
  const facts = { service, awaited: 'the end of a statement' }
  if (signal?.aborted)
    return new MesocosmError({
      code: 'ABORTED',
      message: `a statement in ${service} was called off`,
      facts,
      cause: signal.reason,
    })
  if (time?.aborted)
    return new MesocosmError({
      code: 'TIMEOUT',
      message: `a statement in ${service} took longer than ${timeoutMs} ms`,
      remedy: 'see in `pg_stat_activity` and `pg_locks` what it waits for, or give it more time',
      facts,
    })
  return new MesocosmError({
    code: 'ABORTED',
    message: `a statement in ${service} was still running when the lane was reset or released, or ${service} stopped`,
    remedy: 'await every statement before the test ends',
    facts,
  })
}

/** The promise's value, unless the signal aborts first; `late` gets a value that comes after that. */
export const orAborted = async <T>(
  promise: Promise<T>,
  signal: AbortSignal,
  late: (value: T) => void,
): Promise<T> => {
  const { promise: aborted, reject } = Promise.withResolvers<never>()
  const onAbort = () => {
    promise.then(late, () => {})
    reject(signal.reason)
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
