import { findRecord } from './records.ts'

/** A run that was made from others. */
export interface MergedRecord {
  /** Id of the new run. */
  readonly run: string
  /** Folder of its record. */
  readonly folder: string
  /** Path of its report. */
  readonly report: string
  /** Ids of the runs that it was made from, in the order of their starts. */
  readonly runs: readonly string[]
  /** Number of attempts of tests. */
  readonly tests: number
}

/**
 * Merges the records of several runs, such as those of shards or machines, into one, and writes its report.
 *
 * @param named ids of runs or paths of their folders, relative to `cwd`.
 * @throws {MesocosmError} `TRACE_NOT_FOUND`
 */
export const mergeRecords = async (
  root: string,
  named: readonly string[],
  cwd: string = root,
): Promise<MergedRecord> => {
  const records = await Promise.all(named.map((one) => findRecord(root, one, cwd)))
  const [{ mergeRuns }, { writeReport }] = await Promise.all([
    import('../../report/merge/merge-runs.ts'),
    import('../../report/write/write-report.ts'),
  ])
  const folders = records.map((record) => record.folder)
  const { folder, runs, tests } = mergeRuns(folders, { root })
  const { path } = await writeReport(folder)
  const { run } = await findRecord(root, folder)
  return { run, folder, report: path, runs, tests }
}
