import { MesocosmError } from 'mesocosm'
import type { StubFailure } from './types.ts'

/** @throws {MesocosmError} `ARGUMENT_INVALID` with all faults of a failure. */
export const checkFailure = (failure: StubFailure, service: string): void => {
  const { status, headers = {}, delayMs, drop, times } = failure
  const known = ['status', 'headers', 'body', 'delayMs', 'drop', 'times']
  const faults = [
    ...Object.keys(failure)
      .filter((key) => !known.includes(key))
      .map((key) => `${key}: is not one of ${known.join(', ')}`),
    ...(status === undefined || isInteger(status, 200, 599)
      ? []
      : [`status: must be an integer from 200 to 599, not ${status}`]),
    ...(delayMs === undefined || (Number.isFinite(delayMs) && delayMs >= 0 && delayMs < 2 ** 31)
      ? []
      : [`delayMs: must be milliseconds from 0, not ${delayMs}`]),
    ...(drop === undefined || drop === 'connection' || drop === 'mid-body'
      ? []
      : [`drop: must be "connection" or "mid-body", not ${JSON.stringify(drop)}`]),
    ...(times === undefined || isInteger(times, 1, Number.MAX_SAFE_INTEGER)
      ? []
      : [`times: must be an integer from 1, not ${times}`]),
    ...headerFaults(headers),
    ...(status === undefined && (failure.body !== undefined || failure.headers !== undefined)
      ? ['body and headers need a status']
      : []),
    ...(status === undefined && delayMs === undefined && drop === undefined
      ? ['needs a status, a delayMs or a drop']
      : []),
  ]
  if (faults.length === 0) return
  throw new MesocosmError({
    code: 'ARGUMENT_INVALID',
    message: `invalid failure for ${service}`,
    details: faults,
    remedy: 'correct the second argument of fail()',
    facts: { service, faults },
  })
}

/** Returns which headers cannot be sent. */
export const headerFaults = (headers: Readonly<Record<string, string>>): readonly string[] =>
  Object.entries(headers).flatMap(([name, value]) => {
    try {
      new Headers([[name, value]])
      return []
    } catch {
      return [`headers: ${JSON.stringify(name)} cannot be sent as ${JSON.stringify(value)}`]
    }
  })

// ---

const isInteger = (value: unknown, from: number, to: number): boolean =>
  Number.isInteger(value) && Number(value) >= from && Number(value) <= to
