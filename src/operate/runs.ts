import { connectTo, type Session } from '../client/session/connect.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { RunLane, RunView } from '../protocol/methods.ts'
import { listRunDirs } from '../protocol/run-access.ts'
import { ownWarmRun, projectPrefix, type RunDir, runDirOf } from '../protocol/run-dir.ts'

/** A live run of a project. */
export interface LiveRun {
  /** `warm`, the process id of a test runner, or the value of `MESOCOSM_RUN`. */
  readonly who: string
  readonly session: Session
}

/** A live run with its lanes and services. */
export type RunStatus = RunView & {
  /** Who the run belongs to: `warm`, or the process id of a runner. */
  readonly who: string
}

/** A lane of a live run. */
export type LaneStatus = RunLane & {
  /** Name of the run for `--run`: `warm`, or the process id of a runner. */
  readonly run: string
}

/** Returns the name of the run that commands use by default: `MESOCOSM_RUN`, else `warm`. */
export const ownRun = (): string => process.env.MESOCOSM_RUN ?? ownWarmRun()

/** Returns the run directories of a project, of live runs or not, the warm one first. */
export const runDirs = (root: string): { readonly who: string; readonly runDir: RunDir }[] => {
  const prefix = projectPrefix(root)
  return listRunDirs()
    .filter(({ name }) => name.startsWith(prefix) && !name.includes('.ended-'))
    .map((runDir) => ({ who: runDir.name.slice(prefix.length), runDir }))
    .sort((a, b) => Number(b.who === ownWarmRun()) - Number(a.who === ownWarmRun()))
}

/** Connects to a run as an observer, which does not extend the run; `undefined` when the run is not live. */
export const observeRun = async (root: string, who: string): Promise<LiveRun | undefined> => {
  const session = await connectTo(runDirOf(root, who), {
    root,
    client: 'mesocosm',
    observer: true,
  })
  return session === undefined ? undefined : { who, session }
}

/** Connects to every live run of the project as an observer; the caller closes the connections. */
export const observeRuns = async (root: string): Promise<LiveRun[]> => {
  const found = await Promise.all(runDirs(root).map(({ who }) => observeRun(root, who)))
  return found.filter((run) => run !== undefined)
}

/** Returns the live runs of a project with their lanes and services. */
export const listRuns = async (root: string): Promise<RunStatus[]> => {
  const runs = await observeRuns(root)
  try {
    return await Promise.all(
      runs.map(async ({ who, session }) => ({ who, ...(await session.caller.call('ps', {})) })),
    )
  } finally {
    for (const { session } of runs) session.caller.close()
  }
}

/** Returns the lanes of all live runs of a project. */
export const listLanes = async (root: string): Promise<LaneStatus[]> =>
  (await listRuns(root)).flatMap(({ who, lanes }) => lanes.map((lane) => ({ run: who, ...lane })))

/**
 * Connects to a run as an observer: the named one, else the warm one, else the only one.
 *
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE` when there is none, or several and none is warm.
 */
export const theRun = async (root: string, named?: string): Promise<LiveRun> => {
  const first = await observeRun(root, named ?? ownRun())
  if (first !== undefined) return first
  if (named !== undefined) throw noRun(`run ${named} of this project is not up`)
  const [only, ...others] = await observeRuns(root)
  if (only === undefined) throw noRun('no run of this project is up')
  if (others.length === 0) return only
  for (const { session } of [only, ...others]) session.caller.close()
  const names = [only, ...others].map(({ who }) => who).join(', ')
  throw noRun(`several runs of this project are up: ${names}`, 'name one with --run')
}

/** Connects to the run that commands use by default, else to the newest one; `undefined` if none is live. */
export const newestRun = async (root: string): Promise<LiveRun | undefined> => {
  const own = await observeRun(root, ownRun())
  if (own !== undefined) return own
  const [newest, ...others] = (await observeRuns(root)).sort((a, b) =>
    b.session.facts.run.localeCompare(a.session.facts.run),
  )
  for (const { session } of others) session.caller.close()
  return newest
}

// ---

const noRun = (message: string, remedy = 'start one: `mesocosm up`') =>
  new MesocosmError({ code: 'SUPERVISOR_UNREACHABLE', message, remedy })
