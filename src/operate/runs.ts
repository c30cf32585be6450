import { readdirSync } from 'node:fs'
import { connectTo, type Session } from '../client/connect.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { RunView } from '../protocol/methods.ts'
import { type RunDir, runDirNamed, runDirOf, runsFolder, warmRun } from '../protocol/run-dir.ts'

/** A live run of a project. */
export interface LiveRun {
  /** `warm`, the process id of a test runner, or what `MESOCOSM_RUN` said. */
  readonly who: string
  readonly session: Session
}

export type RunStatus = RunView & { readonly who: string }

/** Which run the command line means when nothing else is said: `MESOCOSM_RUN`, default `warm`. */
export const ownRun = (): string => process.env.MESOCOSM_RUN ?? warmRun

/** Places of runs of this project, live or not, the warm one first. */
export const runDirs = (root: string): { readonly who: string; readonly runDir: RunDir }[] => {
  const { name: prefix } = runDirOf(root, '')
  const names = readdirOrEmpty(runsFolder())
  return names
    .filter((name) => name.startsWith(prefix) && !name.includes('.ended-'))
    .map((name) => ({ who: name.slice(prefix.length), runDir: runDirNamed(name) }))
    .sort((a, b) => Number(b.who === warmRun) - Number(a.who === warmRun))
}

/** Connects to one run to look on, which neither keeps it alive nor holds anything; `undefined` when it is not there. */
export const observeRun = async (root: string, who: string): Promise<LiveRun | undefined> => {
  const session = await connectTo(runDirOf(root, who), {
    root,
    client: 'mesocosm',
    observer: true,
  })
  return session === undefined ? undefined : { who, session }
}

/** Every live run of the project. Close their callers. */
export const observeRuns = async (root: string): Promise<LiveRun[]> => {
  const found = await Promise.all(runDirs(root).map(({ who }) => observeRun(root, who)))
  return found.filter((run) => run !== undefined)
}

/** What runs, for people. */
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

/**
 * The run that is meant: the named one, else the warm one, else the only one.
 *
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE` when there is none, or several and none is warm.
 */
export const theRun = async (root: string, named?: string): Promise<LiveRun> => {
  const first = await observeRun(root, named ?? ownRun())
  if (first !== undefined) return first
  if (named !== undefined) throw noRun(`no run ${named} of this project is up`)
  const [only, ...others] = await observeRuns(root)
  if (only === undefined) throw noRun('nothing of this project is up')
  if (others.length === 0) return only
  for (const { session } of [only, ...others]) session.caller.close()
  const names = [only, ...others].map(({ who }) => who).join(', ')
  throw noRun(`there are several runs: ${names}`, 'name one with --run')
}

// ---

const noRun = (message: string, remedy = 'start it: `mesocosm up`') =>
  new MesocosmError({ code: 'SUPERVISOR_UNREACHABLE', message, remedy })

const readdirOrEmpty = (folder: string): string[] => {
  try {
    return readdirSync(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
