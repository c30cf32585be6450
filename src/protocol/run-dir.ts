import { createHash } from 'node:crypto'
import { chmodSync, lstatSync, mkdirSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'

/** The folder through which the clients of a run find its supervisor. */
export interface RunDir {
  /** Name of the run: `<project hash>-<who>`. */
  readonly name: string
  /** Folder of mode 0700 that only this user can enter. */
  readonly folder: string
  readonly socket: string
  /** File with the token that a client must send. */
  readonly token: string
  /** Claim file of the client that starts the supervisor. */
  readonly starting: string
  /** Identity of the supervisor's process; written by the supervisor. */
  readonly owner: string
  readonly log: string
}

/** Returns the directory of the run that `mesocosm up` keeps warm. */
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

/** Creates a run directory; throws if it belongs to another user. */
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
