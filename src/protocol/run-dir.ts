import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'

/** Where the supervisor of one run and its clients meet. */
export interface RunDir {
  /** `<project hash>-<who>`: which run this is. */
  readonly name: string
  /** Folder of mode 0700 that only this user can enter. */
  readonly folder: string
  readonly socket: string
  /** A client must show the text in this file. */
  readonly token: string
  /** Taken by the client that starts the supervisor. */
  readonly starting: string
  /** Taken by the supervisor itself; names its process. */
  readonly owner: string
  readonly log: string
}

/** Run that `mesocosm up` keeps warm, for all that come later. */
export const warmRun = 'warm'

/** @param who `warm`, or the process id of the runner. */
export const runDirOf = (projectRoot: string, who: string): RunDir => {
  const project = createHash('sha256').update(projectRoot).digest('hex').slice(0, 10)
  return runDirNamed(`${project}-${who}`)
}

/** Returns the run directory with this name; it need not exist. */
export const runDirNamed = (name: string): RunDir => {
  const folder = join(runsFolder(), name)
  return {
    name,
    folder,
    // Socket paths may have about 100 characters.
    socket: process.platform === 'win32' ? `\\\\.\\pipe\\mesocosm-${name}` : join(folder, 's'),
    token: join(folder, 'token'),
    starting: join(folder, 'starting'),
    owner: join(folder, 'owner'),
    log: join(folder, 'supervisor.log'),
  }
}

/** Returns the folder of all run directories of this user. */
export const runsFolder = (): string => join(tmpdir(), `mesocosm-${userInfo().uid}`)

/** Makes a run's folder; throws when another user could read it. */
export const makeRunDir = (runDir: RunDir): void => {
  const base = runsFolder()
  for (const folder of [base, runDir.folder]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (process.platform === 'win32') continue
    const found = lstatSync(folder)
    if (!found.isDirectory() || found.uid !== userInfo().uid)
      throw new MesocosmError({
        code: 'SUPERVISOR_UNREACHABLE',
        message: `${folder} belongs to another user`,
        remedy: `remove it, or set TMPDIR to a folder of your own`,
        facts: { folder },
      })
    if ((found.mode & 0o077) !== 0) chmodSync(folder, 0o700)
  }
}
