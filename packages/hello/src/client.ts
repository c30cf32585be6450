import { isMesocosmError, MesocosmError, type WaitOptions, within } from 'mesocosm'

/** The methods of the handle. */
export interface HelloClient {
  /**
   * Greets a guest.
   *
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`, `TIMEOUT`, `ABORTED`.
   */
  greet(guest: string, options?: WaitOptions): Promise<string>
  /** Who was greeted since the start or the last reset, in that order. The same default and errors. */
  guests(options?: WaitOptions): Promise<string[]>
}

/** @param url asked for at each call: it is another after a restart somewhere else. */
export const createHelloClient = (service: string, url: () => string): HelloClient => {
  const ask = async <T>(what: string, options?: WaitOptions, request?: RequestInit): Promise<T> => {
    try {
      return await within(`${what} of ${service}`, options, async (signal) => {
        const response = await fetch(url(), { ...request, signal })
        return (await response.json()) as T
      })
    } catch (cause) {
      if (isMesocosmError(cause)) throw cause
      throw new MesocosmError({
        code: 'SERVICE_CLIENT_FAILED',
        message: `${service} does not answer`,
        remedy: `see what it says: lane.services.${service}.logs.text()`,
        facts: { service },
        cause,
      })
    }
  }
  return {
    greet: (guest, options) => ask('a greeting', options, { method: 'POST', body: guest }),
    guests: (options) => ask('the guests', options),
  }
}
