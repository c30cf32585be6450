import { lstatSync, readlinkSync, rmSync, unlinkSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { codeOf } from '../../errors/unknown-error.ts'
import type { TraceMode } from '../../model/trace-mode.ts'
import { loadTrace } from '../../trace/load-trace.ts'
import { writeReport } from '../write/write-report.ts'
import { hasFailed } from './failed-tests.ts'
import { prunePassed } from './prune-passed.ts'

/** Writes the report of a run that has ended, and removes what its mode does not keep. */
export const finishRun = async (runFolder: string, mode: TraceMode): Promise<void> => {
  if (mode === 'off') return removeRun(runFolder)
  if (mode === 'retain-on-failure') {
    if (!prunePassed(runFolder)) return removeRun(runFolder)
  }
  await writeReport(runFolder)
}

/** Writes the report of a run that goes on, if its mode would write one now. */
export const reportSoFar = async (runFolder: string, mode: TraceMode): Promise<void> => {
  if (mode === 'off') return
  if (mode === 'retain-on-failure' && !hasFailed(loadTrace(runFolder))) return
  await writeReport(runFolder)
}

// ---

const removeRun = (runFolder: string): void => {
  rmSync(runFolder, { recursive: true, force: true })
  const latest = join(dirname(dirname(runFolder)), 'latest')
  try {
    if (!lstatSync(latest).isSymbolicLink()) return
    if (basename(readlinkSync(latest)) === basename(runFolder)) unlinkSync(latest)
  } catch (error) {
    // Another run has replaced it.
    if (codeOf(error) !== 'ENOENT') throw error
  }
}
