import type { IncomingMessage, ServerResponse } from 'node:http'

type Listener = (request: IncomingMessage, response: ServerResponse) => unknown

/**
 * Returns a listener that outlives every request: whatever `answer` throws, at once or later, is passed to `refuse`,
 * which answers that request. If that throws as well, the connection is destroyed.
 */
export const guarded =
  (
    answer: Listener,
    refuse: (error: unknown, request: IncomingMessage, response: ServerResponse) => void,
  ): Listener =>
  async (request, response) => {
    try {
      await answer(request, response)
    } catch (error) {
      try {
        refuse(error, request, response)
      } catch {
        response.destroy()
      }
    }
  }

/** Logs errors that belong to no request, instead of ending the process and losing its data. */
export const outliveErrors = (log: (line: string) => void): void => {
  const report = (error: unknown) => log(error instanceof Error ? `${error.stack}` : String(error))
  process.on('uncaughtException', report)
  process.on('unhandledRejection', report)
}
