import { createHash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { ownUid } from './private-entry.ts'

/** The folder through which the clients of a run find its supervisor. Read it only through `run-access.ts`. */
export interface RunDir {
  /** Name of the run: `<project hash>-<who>`. */
  readonly name: string
  /** Folder of mode 0700 that only this user can enter. */
  readonly folder: string
  readonly socket: string
  /** File with the secret that client and supervisor prove to each other. */
  readonly token: string
  /** Claim file of the client that starts the supervisor. */
  readonly starting: string
  /** Identity of the supervisor's process; written by the supervisor. */
  readonly owner: string
  readonly log: string
}

/** Returns the directory of the run that `mesocosm up` keeps warm. */
export const warmRun = 'warm'

/** Returns the name of the warm run that this process uses: a runtime has one of its own, so that none gets services of another. */
export const ownWarmRun = (env: NodeJS.ProcessEnv = process.env): string =>
  env.MESOCOSM_RUNTIME === 'local' ? `${warmRun}-local` : warmRun

/**
 * Returns the run directory of a project and a user of it.
 *
 * @param who `warm`, the process id of a runner, or the value of `MESOCOSM_RUN`.
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE` for a name that cannot be a part of a folder's name.
 */
export const runDirOf = (projectRoot: string, who: string): RunDir => {
  if (/[/\\\0]|\.ended-/.test(who))
    throw new MesocosmError({
      code: 'SUPERVISOR_UNREACHABLE',
      message: `${JSON.stringify(who)} cannot be the name of a run: it has a slash, a backslash or ".ended-"`,
      remedy: 'set MESOCOSM_RUN or --run to another name',
      facts: { run: who },
    })
  return runDirNamed(`${projectPrefix(projectRoot)}${who}`)
}

/** Returns the start of the names of all runs of a project. */
export const projectPrefix = (projectRoot: string): string =>
  `${createHash('sha256').update(projectRoot).digest('hex').slice(0, 10)}-`

/** Returns who a run belongs to, as {@link runDirOf} takes it. */
export const runUserOf = ({ name }: RunDir): string => name.slice(projectPrefix('').length)

/** Returns whether an entry of the runs folder has a name of {@link runDirOf}, also after its run has ended. */
export const isRunName = (name: string): boolean => /^[0-9a-f]{10}-./.test(name)

/** Returns the run directory with this name; it need not exist. */
export const runDirNamed = (name: string, runs: string = runsFolder()): RunDir => {
  const folder = join(runs, name)
  return {
    name,
    folder,
    socket: process.platform === 'win32' ? `\\\\.\\pipe\\mesocosm-${name}` : join(folder, 's'),
    token: join(folder, 'token'),
    starting: join(folder, 'starting'),
    owner: join(folder, 'owner'),
    log: join(folder, 'supervisor.log'),
  }
}

/** Returns the folder of all run directories of this user. */
export const runsFolder = (): string => join(tmpdir(), `mesocosm-${ownUid() ?? -1}`)
