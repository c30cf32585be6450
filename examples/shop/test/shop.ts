import { createTest } from '@mesocosm/vitest'
import { topology } from '../topology.ts'

export const { test, expect } = createTest(topology)

// #region runtime
/** Whether services run as processes of this machine instead of containers. */
export const onProcesses = process.env.MESOCOSM_RUNTIME === 'local'

/** Returns the address that services use: containers use names, processes the same one as the test. */
export const reachedBy = (inside: string, here: string): string => (onProcesses ? here : inside)
// #endregion

/** Sends a request with a JSON body; returns status and JSON of the answer. */
export const call = async (
  url: string,
  method: 'GET' | 'POST' = 'GET',
  body?: object,
): Promise<{ readonly status: number; readonly body: Answer }> => {
  const response = await fetch(url, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    headers: { 'content-type': 'application/json' },
    signal: AbortSignal.timeout(30_000),
  })
  return { status: response.status, body: (await response.json()) as Answer }
}

/** All fields that an answer of the shop can have. */
export interface Answer {
  readonly id?: string
  readonly email?: string
  readonly status?: string
  readonly error?: string
  readonly price_cents?: number
  readonly active?: boolean
  readonly url?: string
}
