import { openRuntime } from '../open/open-runtime.ts'
import { findRunDir, removeRunDir } from '../protocol/run-access.ts'
import type { Inventory } from '../runtime/inventory.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { isInUse, runDirStates } from './run-dir-states.ts'

/** What runs of dead supervisors have left behind. */
export interface Leftovers {
  /** Containers, networks and volumes. */
  readonly engine: Inventory
  /** Run directories. */
  readonly folders: readonly string[]
}

/** Options of {@link findLeftovers}. */
export interface FindLeftoversOptions {
  /**
   * Also finds what is older than this many milliseconds and belongs to a supervisor that cannot be seen from here: one
   * of another machine that uses this engine, or of another container. Such a supervisor may still be in use, so the
   * time should be longer than the longest run. Default: none of these.
   */
  readonly olderThanMs?: number
}

/**
 * Finds leftovers of runs of this host whose supervisor is dead: on the engine, and their run directories.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`, `ENGINE_GONE`, `SUPERVISOR_UNREACHABLE` when the folder of the run
 * directories is not of this user alone.
 */
export const findLeftovers = async (options: FindLeftoversOptions = {}): Promise<Leftovers> => {
  await using runtime = await openRuntime()
  return await leftoversOn(runtime, options)
}

/** Does what {@link findLeftovers} does, on this engine. */
export const leftoversOn = async (
  runtime: Runtime,
  { olderThanMs }: FindLeftoversOptions = {},
): Promise<Leftovers> => {
  const sweep = await loadSweep()
  const states = await runDirStates()
  const owned = states.filter(({ state }) => state === 'alive').flatMap(({ owners }) => owners)
  return {
    engine: await sweep.findLeftovers(runtime, { olderThanMs, alive: new Set(owned) }),
    folders: states
      .filter(
        ({ state, ageMs }) =>
          state === 'dead' ||
          (state === 'unknown' && olderThanMs !== undefined && ageMs > olderThanMs),
      )
      .map(({ runDir }) => runDir.folder),
  }
}

/**
 * Removes what {@link findLeftovers} found, except run directories that are in use again. Links in them are removed,
 * not followed.
 *
 * @throws {AggregateError} with one error per resource that could not be removed.
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE` for a folder that is not a run directory of this user.
 */
export const prune = async (leftovers: Leftovers): Promise<void> => {
  await using runtime = await openRuntime()
  await pruneOn(runtime, leftovers)
}

/** Does what {@link prune} does, on this engine. */
export const pruneOn = async (runtime: Runtime, { engine, folders }: Leftovers): Promise<void> => {
  const sweep = await loadSweep()
  // Before anything is removed: it throws for a folder that is not ours.
  const runDirs = folders.flatMap((folder) => findRunDir(folder) ?? [])
  await sweep.removeLeftovers(runtime, engine)
  for (const runDir of runDirs) if (!(await isInUse(runDir))) removeRunDir(runDir)
}

// ---

const loadSweep = () => import('../supervisor/sweep.ts')
