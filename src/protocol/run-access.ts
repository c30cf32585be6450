import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { namesIn } from '../disk/names-in.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf } from '../errors/unknown-error.ts'
import { type EntryFault, type EntryKind, faultIn, readPrivate } from './private-entry.ts'
import { isRunName, type RunDir, runDirNamed, runsFolder } from './run-dir.ts'
import { runDirFault } from './run-dir-fault.ts'

/*
 * The only way to a run directory. Its path can be guessed and is usually in a folder that all users can write to,
 * so everything on the way is checked before it is opened, written or deleted: another user could have put it there.
 * Every function here throws `SUPERVISOR_UNREACHABLE` for what does not belong to this user alone.
 */

/** Longest path of a socket in bytes. */
export const longestSocketPath = process.platform === 'linux' ? 107 : 103

/** Returns whether a run directory has a socket and a token to use it with. */
export const isReachable = (runDir: RunDir): boolean => {
  assertShort(runDir)
  return (
    exists(dirname(runDir.folder), 'folder') &&
    exists(runDir.folder, 'folder') &&
    // A pipe of Windows is not an entry of the folder.
    (process.platform === 'win32' || exists(runDir.socket, 'socket')) &&
    exists(runDir.token, 'file')
  )
}

/** Returns the content of a file in a run directory; `undefined` if it is missing. */
export const readRunFile = (runDir: RunDir, file: 'token' | 'owner'): string | undefined =>
  exists(dirname(runDir.folder), 'folder') && exists(runDir.folder, 'folder')
    ? readOwn(runDir[file])
    : undefined

/** Creates a run directory, unless it exists. */
export const makeRunDir = (runDir: RunDir): void => {
  assertShort(runDir)
  for (const folder of [dirname(runDir.folder), runDir.folder]) {
    if (!exists(folder, 'folder')) make(folder)
    if (process.platform === 'win32') continue
    // It may be gone again: a supervisor that ends moves its directory away.
    const mode = lstatSync(folder, { throwIfNoEntry: false })?.mode ?? 0
    if ((mode & 0o077) !== 0) chmodSync(folder, 0o700)
  }
}

/** Returns the run directories of this user, of live runs or not. Everything else in the runs folder is ignored. */
export const listRunDirs = (runs: string = runsFolder()): RunDir[] =>
  exists(runs, 'folder')
    ? namesIn(runs)
        .filter(isRunName)
        .map((name) => runDirNamed(name, runs))
        .filter(({ folder }) => faultIn(folder, 'folder') === undefined)
    : []

/** Returns the identities of all supervisors that a checked run directory has had; unreadable ones are left out. */
export const readOwners = ({ folder }: RunDir): string[] =>
  namesIn(folder)
    .filter((name) => name.startsWith('owner'))
    .map((name) => readPrivate(join(folder, name)))
    .filter((text) => typeof text === 'string')

/** Returns whether a process listens at the socket of a checked run directory, also one that cannot be seen from here. */
export const hasListener = async ({ socket }: RunDir): Promise<boolean> => {
  if (process.platform !== 'win32' && faultIn(socket, 'socket') !== undefined) return false
  return new Promise((resolve) => {
    const connection = connect(socket)
    connection.once('connect', () => {
      connection.destroy()
      resolve(true)
    })
    // Any other error, such as a full backlog, comes from a listener; a path that is too long can have none.
    connection.once('error', (error) =>
      resolve(!['ENOENT', 'ECONNREFUSED', 'EINVAL'].includes(codeOf(error) ?? '')),
    )
  })
}

/** Deletes a run directory; links in it are deleted, not followed. */
export const removeRunDir = ({ folder }: RunDir): void => {
  if (exists(dirname(folder), 'folder') && exists(folder, 'folder'))
    rmSync(folder, { recursive: true, force: true })
}

/**
 * Returns the run directory with this path; `undefined` if it is missing.
 *
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE` for the path of anything else.
 */
export const findRunDir = (folder: string): RunDir | undefined => {
  const name = basename(folder)
  if (folder === join(runsFolder(), name) && isRunName(name)) {
    const found = exists(dirname(folder), 'folder') && exists(folder, 'folder')
    return found ? runDirNamed(name) : undefined
  }
  throw new MesocosmError({
    code: 'SUPERVISOR_UNREACHABLE',
    message: `${folder} is not a run directory of this user`,
    remedy: `pass folders in ${runsFolder()} that \`findLeftovers\` has returned`,
    facts: { path: folder },
  })
}

/** Returns the fault of the runs folder, or of the socket's path in a run directory; `undefined` if there is none. */
export const accessFault = (runDir: RunDir): MesocosmError | undefined => {
  try {
    assertShort(runDir)
    exists(dirname(runDir.folder), 'folder')
    return undefined
  } catch (error) {
    if (error instanceof MesocosmError) return error
    throw error
  }
}

// ---

const exists = (path: string, kind: EntryKind): boolean => {
  const fault = faultIn(path, kind)
  if (fault === 'missing') return false
  if (fault !== undefined) throw refused(fault)
  return true
}

const readOwn = (path: string): string | undefined => {
  const found = readPrivate(path)
  if (typeof found === 'object') throw refused(found)
  return found
}

const make = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw runDirFault(folder, error)
  }
  // Another process may have been quicker.
  exists(folder, 'folder')
}

const assertShort = ({ socket }: RunDir): void => {
  const bytes = Buffer.byteLength(socket)
  if (process.platform === 'win32' || bytes <= longestSocketPath) return
  throw new MesocosmError({
    code: 'SUPERVISOR_UNREACHABLE',
    message: `${socket} has ${bytes} bytes, but the path of a socket can have ${longestSocketPath}`,
    remedy: 'set TMPDIR to a folder with a shorter path',
    facts: { path: socket, bytes, longest: longestSocketPath },
  })
}

const refused = ({ message, remedy, facts }: EntryFault): MesocosmError =>
  new MesocosmError({ code: 'SUPERVISOR_UNREACHABLE', message, remedy, facts: { ...facts } })
