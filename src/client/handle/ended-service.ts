import type { ServiceLogs } from '../../define/handle.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ServiceView } from '../../model/service-view.ts'
import type { LaneLink } from '../lane/lane-link.ts'

/** Lines of the log that an error shows. */
const shownLines = 20

/**
 * Returns the error of a plugin's method whose service does not answer, with the exit code and the last lines if the
 * service has ended: the client library saw only a closed connection.
 */
export const withEnd = async (
  link: LaneLink,
  service: string,
  logs: () => ServiceLogs,
  error: unknown,
): Promise<unknown> => {
  if (!isMesocosmError(error) || error.code !== 'SERVICE_CLIENT_FAILED') return error
  const view = await viewNow(link, service)
  if (view?.exitCode === undefined) return error
  const { state, exitCode } = view
  return new MesocosmError({
    code: error.code,
    message: `${error.summary}; ${service} ${state === 'stopped' ? 'was stopped' : `exited with code ${exitCode}`}`,
    remedy:
      state === 'stopped'
        ? `start it again: ${service}.start()`
        : `read the log lines above for the reason; ${service}.start() starts it again`,
    facts: { ...error.facts, service, lane: link.name, exitCode },
    details: error.details,
    lastLogs: lastLines(logs),
    cause: error,
  })
}

// ---

/** Not the view that this client has: a service that ends by itself is reported to no client. */
const viewNow = async (link: LaneLink, service: string): Promise<ServiceView | undefined> => {
  try {
    const { lanes } = await link.call('ps', {})
    const lane = lanes.find(({ lane }) => lane === link.name)
    return lane?.services.find(({ name }) => name === service)
  } catch {
    // The method has failed already; that nothing more can be found out is not what failed.
    return undefined
  }
}

const lastLines = (logs: () => ServiceLogs): readonly string[] => {
  try {
    return logs()
      .lines()
      .slice(-shownLines)
      .map(({ text }) => text)
  } catch {
    // The record cannot be read; the exit code is worth more.
    return []
  }
}
