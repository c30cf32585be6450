import type { WaitOptions } from 'mesocosm'
import { sendRequest, withTimeout } from 'mesocosm/plugin'

/** The methods of the handle. `options.timeoutMs` is 10 000 by default. */
export interface HelloClient {
  /**
   * Greets a guest, and returns the greeting.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`, `TIMEOUT`, `ABORTED`.
   */
  greet(guest: string, options?: WaitOptions): Promise<string>
  /** Returns the guests since the start or the last reset, in the order of their greetings. Throws the same. */
  guests(options?: WaitOptions): Promise<string[]>
}

/**
 * Makes the methods of a handle.
 *
 * @param url read at each call, because a recreated service may have another address.
 */
export const createHelloClient = (service: string, url: () => string): HelloClient => {
  const ask = <T>(what: string, options: WaitOptions | undefined, init: RequestInit): Promise<T> =>
    withTimeout(`${what} of ${service}`, options, async (signal) => {
      const request = `${init.method} /guests`
      const send = () => fetch(url(), { ...init, signal })
      const response = await sendRequest({ service, request }, send, signal)
      return (await response.json()) as T
    })
  return {
    greet: (guest, options) => ask('a greeting', options, { method: 'POST', body: guest }),
    guests: (options) => ask('the guests', options, { method: 'GET' }),
  }
}
