import { eachRun } from './all-runs.ts'

/** A kept lane of a run. */
export interface KeptLaneName {
  /** Folder of the project. */
  readonly root: string
  /** Name of the run for `--run`. */
  readonly run: string
  /** Name of the lane. */
  readonly lane: string
}

/**
 * Removes the lanes that failed tests left, of all runs of this user on this machine, before their time is over.
 *
 * @param options.dryRun only returns them. Default false.
 * @returns the lanes that were removed.
 * @throws {MesocosmError} `ENGINE_FAILED` when something of a lane could not be removed.
 */
export const removeKeptLanes = async ({
  dryRun = false,
}: {
  readonly dryRun?: boolean
} = {}): Promise<KeptLaneName[]> => {
  const lanes = await eachRun(async ({ caller, facts: { root }, who }) => {
    const view = await caller.call('ps', {})
    const kept = view.lanes.filter(({ state }) => state === 'kept').map(({ lane }) => lane)
    if (kept.length === 0) return []
    const removed = dryRun ? kept : await caller.call('removeKept', { lanes: kept })
    return removed.map((lane) => ({ root, run: who, lane }))
  })
  return lanes.flat()
}
