import { pathToFileURL } from 'node:url'
import { observeRuns } from '../runs.ts'
import { findRecord, type RunRecordFacts } from './records.ts'
import type { RecordChoice } from './show-attempt.ts'

/** A report that can be opened in a browser. */
export interface OpenedReport {
  /** `file:` of a run that has ended, `http:` of a running one, on this machine alone. */
  readonly address: string
  /** The record that it is of. */
  readonly facts: RunRecordFacts
  /** Whether the page follows a running run. */
  readonly live: boolean
}

/**
 * Returns the address of a run's report. Writes it if the run has none, because it was killed. That of a running run is a
 * page that follows it; its supervisor serves it until the run ends.
 *
 * @throws {MesocosmError} `TRACE_NOT_FOUND`
 */
export const openReport = async (
  root: string,
  { run, cwd }: RecordChoice = {},
): Promise<OpenedReport> => {
  const facts = await findRecord(root, run, cwd)
  const served = await servedBy(root, facts.run)
  if (served !== undefined) return { address: served, facts, live: true }
  const { reportOf } = await import('../../report/write/write-report.ts')
  const address = pathToFileURL(await reportOf(facts.folder)).href
  return { address, facts: { ...facts, report: true }, live: false }
}

// ---

/**
 * Returns the address at which the supervisor serves the report; `undefined` if the run is not live. What `run.json`
 * says is not enough: it stays `running` after a supervisor was killed.
 */
const servedBy = async (root: string, run: string): Promise<string | undefined> => {
  const runs = await observeRuns(root)
  try {
    const live = runs.find(({ session }) => session.facts.run === run)
    return (await live?.session.caller.call('report', {}))?.address
  } finally {
    for (const { session } of runs) session.caller.close()
  }
}
