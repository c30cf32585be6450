import { connectTo, type Session } from '../client/session/connect.ts'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { listRunDirs } from '../protocol/run-access.ts'
import type { RunDir } from '../protocol/run-dir.ts'
import { gitBranchOf } from './git-branch.ts'
import type { RunStatus } from './runs.ts'

/** A live run, and the checkout that it belongs to. */
export type CheckoutRun = RunStatus & {
  /** Branch of the git checkout, or the start of its commit; absent outside of checkouts. */
  readonly branch?: string
}

/**
 * Returns the live runs of this user on this machine, of all projects and checkouts, by the folder of the project. A run
 * of another version of mesocosm is left out.
 */
export const listAllRuns = async (): Promise<CheckoutRun[]> => {
  const runs = await eachRun(async (session): Promise<CheckoutRun> => {
    const view = await session.caller.call('ps', {})
    const branch = gitBranchOf(view.root)
    return { who: session.who, ...view, ...(branch === undefined ? {} : { branch }) }
  })
  return runs.sort((a, b) => (a.root < b.root ? -1 : a.root > b.root ? 1 : 0))
}

/** Calls `use` with a connection to each live run of this user, as an observer; returns the results. */
export const eachRun = async <T>(use: (session: Session) => Promise<T>): Promise<T[]> => {
  const dirs = listRunDirs().filter(({ name }) => !name.includes('.ended-'))
  const all = await Promise.all(dirs.map((runDir) => withRun(runDir, use)))
  return all.flat()
}

// ---

const withRun = async <T>(
  runDir: RunDir,
  use: (session: Session) => Promise<T>,
): Promise<readonly T[]> => {
  let session: Session | undefined
  try {
    session = await connectTo(runDir, { root: undefined, client: 'mesocosm', observer: true })
    return session === undefined ? [] : [await use(session)]
  } catch (error) {
    // It ended meanwhile, or is of another version.
    if (isMesocosmError(error) && ['SUPERVISOR_GONE', 'PROTOCOL'].includes(error.code)) return []
    throw error
  } finally {
    session?.caller.close()
  }
}
