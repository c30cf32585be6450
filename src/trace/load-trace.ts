import { accessSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { mergeTrace, type TraceFile } from './read/merge-trace.ts'
import type { Trace } from './read/trace.ts'

/**
 * Reads the record of a run, also of one that is running.
 *
 * @param runFolder `.mesocosm/runs/<id>`, or `.mesocosm/latest`.
 * @throws {MesocosmError} `TRACE_NOT_FOUND` if the folder is not the record of a run.
 */
export const loadTrace = (runFolder: string): Trace => mergeTrace(readTraceFiles(runFolder))

/**
 * Reads the files of a run's record that `mergeTrace` takes.
 *
 * @throws {MesocosmError} `TRACE_NOT_FOUND` if the folder is not the record of a run.
 */
export const readTraceFiles = (runFolder: string): TraceFile[] => {
  try {
    return traceFilesIn(runFolder).map((name) => ({
      name,
      text: readFileSync(join(runFolder, name), 'utf8'),
    }))
  } catch (cause) {
    throw noRecord(runFolder, cause)
  }
}

/** @throws {MesocosmError} `TRACE_NOT_FOUND` if the folder is not the record of a run. */
export const assertRecord = (runFolder: string): void => {
  try {
    accessSync(join(runFolder, 'run.json'))
    traceFilesIn(runFolder)
  } catch (cause) {
    throw noRecord(runFolder, cause)
  }
}

// ---

const traceFilesIn = (runFolder: string): string[] => [
  'run.json',
  ...readdirSync(join(runFolder, 'ev'))
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => `ev/${name}`),
]

const noRecord = (runFolder: string, cause: unknown): MesocosmError =>
  new MesocosmError({
    code: 'TRACE_NOT_FOUND',
    message: `${runFolder} is not the record of a run`,
    remedy: 'pass a folder in .mesocosm/runs',
    facts: { runFolder },
    cause,
  })
