import { MesocosmError, type WaitOptions } from 'mesocosm'

/** The methods of the handle. */
export interface HelloClient {
  /**
   * Greets a guest.
   *
   * @param options.timeoutMs default 5 000.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`, `TIMEOUT`, `ABORTED`.
   */
  greet(guest: string, options?: WaitOptions): Promise<string>
  /** Who was greeted since the start or the last reset, in that order. The same default and errors. */
  guests(options?: WaitOptions): Promise<string[]>
}

/** @param url asked for at each call: it is another after a restart somewhere else. */
export const createHelloClient = (service: string, url: () => string): HelloClient => {
  const ask = async <T>(
    { timeoutMs = 5_000, signal }: WaitOptions = {},
    request: RequestInit = {},
  ): Promise<T> => {
    const time = AbortSignal.timeout(timeoutMs)
    const over = signal === undefined ? time : AbortSignal.any([signal, time])
    try {
      const response = await fetch(url(), { ...request, signal: over })
      return (await response.json()) as T
    } catch (cause) {
      throw new MesocosmError({
        code: signal?.aborted ? 'ABORTED' : time.aborted ? 'TIMEOUT' : 'SERVICE_CLIENT_FAILED',
        message: `${service} was asked in vain`,
        remedy: `see what it says: lane.services.${service}.logs.text()`,
        facts: { service },
        cause,
      })
    }
  }
  return {
    greet: (guest, options) => ask(options, { method: 'POST', body: guest }),
    guests: (options) => ask(options),
  }
}
