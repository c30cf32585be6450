import type { ServiceLogs } from '../../define/handle.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ServiceView } from '../../model/service-view.ts'
import type { LaneLink } from '../lane/lane-link.ts'

/** Lines of the log that an error shows. */
const shownLines = 20

/**
 * Returns the error of a request to a service that does not answer, with its state, and with the exit code and the last
 * lines if it has ended: the client saw only a closed connection.
 */
export const withEnd = async (
  link: LaneLink,
  service: string,
  logs: () => ServiceLogs,
  error: unknown,
): Promise<unknown> => {
  if (!isMesocosmError(error) || error.code !== 'SERVICE_CLIENT_FAILED') return error
  const view = await viewNow(link, service)
  if (view === undefined || view.state === 'ready') return error
  const { state, exitCode } = view
  const { what, remedy } = endOf(view)
  return new MesocosmError({
    code: error.code,
    message: `${error.summary}; ${service} ${what}`,
    remedy,
    facts: {
      ...error.facts,
      service,
      lane: link.name,
      state,
      ...(exitCode === undefined ? {} : { exitCode }),
    },
    details: error.details,
    lastLogs: exitCode === undefined ? error.lastLogs : lastLines(logs),
    cause: error,
  })
}

// ---

const endOf = ({ name, state, exitCode }: ServiceView) => {
  const remedy = `start it again: ${name}.start()`
  if (state === 'stopped') return { what: 'was stopped', remedy }
  if (exitCode !== undefined)
    return {
      what: `exited with code ${exitCode}`,
      remedy: `read the log lines above for the reason; ${name}.start() starts it again`,
    }
  if (state === 'paused') return { what: 'is paused', remedy: `continue it: ${name}.unpause()` }
  return { what: `is ${state}`, remedy: `wait until it is ready, or ${remedy}` }
}

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
