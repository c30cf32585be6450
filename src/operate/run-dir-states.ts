import { lstatSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../disk/names-in.ts'
import { hasListener, listRunDirs, readOwners } from '../protocol/run-access.ts'
import { type RunDir, runsFolder } from '../protocol/run-dir.ts'

/** A run directory, and whether a process uses it. */
export interface RunDirState {
  readonly runDir: RunDir
  /** Identities of all supervisors that it has had. */
  readonly owners: readonly string[]
  /** `unknown`: its supervisor is of another machine or container, and nothing listens at the socket. */
  readonly state: 'alive' | 'dead' | 'unknown'
  /** Milliseconds since something in it was created or written. */
  readonly ageMs: number
}

/** A younger run directory without an owner belongs to a supervisor that is starting. */
const abandonedAfterMs = 60_000

/** Returns the states of all run directories of this user. */
export const runDirStates = (runs: string = runsFolder()): Promise<RunDirState[]> =>
  Promise.all(listRunDirs(runs).map(stateOf))

/** Returns whether a process uses a run directory. */
export const isInUse = async (runDir: RunDir): Promise<boolean> =>
  (await stateOf(runDir)).state === 'alive'

// ---

const stateOf = async (runDir: RunDir): Promise<RunDirState> => {
  const { liveness, readIdentity } = await import('../supervisor/owner-identity.ts')
  const owners = readOwners(runDir)
  const ageMs = Date.now() - newestIn(runDir.folder)
  const is = (state: RunDirState['state']) => ({ runDir, owners, state, ageMs })
  const lives = owners.flatMap((text) => {
    const owner = readIdentity(text)
    return owner === undefined ? [] : [liveness(owner)]
  })
  if (lives.includes('alive') || (await hasListener(runDir))) return is('alive')
  // The owner file of a dead supervisor stays next to that of its successor.
  if (lives.includes('unknown')) return is('unknown')
  return is(lives.length > 0 || ageMs > abandonedAfterMs ? 'dead' : 'alive')
}

/** Returns the time of the last change of a folder or of an entry in it; now, if it is gone. */
const newestIn = (folder: string): number =>
  Math.max(
    ...[folder, ...namesIn(folder).map((name) => join(folder, name))].map(
      (path) => lstatSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now(),
    ),
  )
