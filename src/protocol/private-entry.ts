import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs'
import { codeOf } from '../errors/unknown-error.ts'

/** What an entry of a folder is expected to be. */
export type EntryKind = 'folder' | 'file' | 'socket'

/** Why an entry is not private to this user. */
export interface EntryFault {
  /** What is wrong, with path and owner: lower case, no full stop. */
  readonly message: string
  /** What to do about it, one imperative sentence. */
  readonly remedy: string
  readonly facts: { readonly path: string; readonly owner: number; readonly mode: string }
}

/** Returns the id under which this process owns what it creates; `undefined` on Windows, which has no such ids. */
export const ownUid = (): number | undefined => process.geteuid?.()

/**
 * Checks that an entry is private: of the expected kind and not a link to one, of this user, and closed to others.
 * Opens nothing. Windows has no owners and modes, so there only the kind is checked.
 *
 * @returns `undefined` if it is private, `missing`, or the fault.
 */
export const faultIn = (path: string, kind: EntryKind): EntryFault | 'missing' | undefined => {
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    return found === undefined ? 'missing' : faultOf(path, kind, found)
  } catch (error) {
    if (codeOf(error) === 'ENOTDIR') return 'missing'
    throw error
  }
}

/** Returns the content of a private file; `undefined` if it is missing. Other files give the fault and are not read. */
export const readPrivate = (path: string): string | EntryFault | undefined => {
  const fault = faultIn(path, 'file')
  if (fault !== undefined) return fault === 'missing' ? undefined : fault
  let file: number
  try {
    file = openSync(path, constants.O_RDONLY | withoutLinks)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  try {
    // It may have been replaced since the first look.
    return faultOf(path, 'file', fstatSync(file)) ?? readFileSync(file, 'utf8')
  } finally {
    closeSync(file)
  }
}

// ---

/** Fails for a link; does not wait for the other end of a pipe. Windows lacks both. */
const withoutLinks = (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0)

/** What other users must not be able to do. The names in a folder are not secret, and its files have modes of their own. */
const closed = {
  folder: {
    bits: 0o022,
    what: 'change it',
    remedy: (path: string) =>
      `check that it holds nothing of other users, then run \`chmod 700 ${path}\``,
  },
  file: {
    bits: 0o077,
    what: 'read or change it',
    remedy: (path: string) => `run \`chmod 600 ${path}\`, then \`mesocosm down --all\``,
  },
  socket: {
    bits: 0o022,
    what: 'connect to it',
    remedy: (path: string) => `run \`chmod 700 ${path}\``,
  },
} as const

const faultOf = (path: string, kind: EntryKind, found: Stats): EntryFault | undefined => {
  const mode = (found.mode & 0o7777).toString(8)
  const fault = (message: string, remedy: string): EntryFault => ({
    message,
    remedy,
    facts: { path, owner: found.uid, mode },
  })
  const uid = ownUid()
  const actual = kindOf(found)
  if (uid !== undefined && found.uid !== uid)
    return fault(
      `${path}, a ${actual}, belongs to uid ${found.uid}, not to this user (uid ${uid})`,
      'set TMPDIR to a folder that only you can write to',
    )
  if (actual !== kind)
    return fault(
      `${path} is a ${actual}${uid === undefined ? '' : ` of uid ${uid}`}, not a ${kind}`,
      `remove ${path}`,
    )
  const { bits, what, remedy } = closed[kind]
  if (uid === undefined || (found.mode & bits) === 0) return undefined
  return fault(`${path} of uid ${uid} has mode ${mode}, so other users can ${what}`, remedy(path))
}

const kindOf = (found: Stats): EntryKind | 'symbolic link' | 'special file' => {
  if (found.isSymbolicLink()) return 'symbolic link'
  if (found.isDirectory()) return 'folder'
  if (found.isFile()) return 'file'
  return found.isSocket() ? 'socket' : 'special file'
}
