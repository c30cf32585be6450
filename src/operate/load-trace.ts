import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { mergeTrace, type TraceFile } from '../trace/read/merge-trace.ts'
import type { Trace } from '../trace/read/trace.ts'

/**
 * Reads the record of a run, also of one that is running.
 *
 * @param runFolder `.mesocosm/runs/<id>`, or `.mesocosm/latest`.
 * @throws {MesocosmError} `TRACE_NOT_FOUND` if the folder is not the record of a run.
 */
export const loadTrace = (runFolder: string): Trace => mergeTrace(filesOf(runFolder))

// ---

const filesOf = (runFolder: string): TraceFile[] => {
  try {
    const names = readdirSync(join(runFolder, 'ev')).filter((name) => name.endsWith('.ndjson'))
    return ['run.json', ...names.map((name) => `ev/${name}`)].map((name) => ({
      name,
      text: readFileSync(join(runFolder, name), 'utf8'),
    }))
  } catch (cause) {
    throw new MesocosmError({
      code: 'TRACE_NOT_FOUND',
      message: `${runFolder} is not the record of a run`,
      remedy: 'pass a folder in .mesocosm/runs',
      facts: { runFolder },
      cause,
    })
  }
}
