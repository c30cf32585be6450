import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { loadTrace } from '../trace/load-trace.ts'
import type { Durations } from './durations.ts'
import { fileIn } from './file-in.ts'
import { measuredFiles } from './measured.ts'

/**
 * Returns the durations of the files whose tests are in a run's record, by the environment that they asked for.
 *
 * @param since milliseconds since 1970; earlier tests do not count.
 */
export const recordedTimes = (folder: string, root: string, since: number): Durations => {
  try {
    const events = loadTrace(folder).events.filter(({ t }) => t >= since)
    return measuredFiles(events, (path) => fileIn(root, path))
  } catch (error) {
    // No run, or one without a record, because its disk was full.
    if (isMesocosmError(error) && error.code === 'TRACE_NOT_FOUND') return {}
    throw error
  }
}
