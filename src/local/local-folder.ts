import { chmodSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../errors/unknown-error.ts'
import { faultIn, ownUid } from '../protocol/private-entry.ts'

/** Where everything that runs as a process of this machine is noted, for all runs of a user. */
export interface LocalFolder {
  /** Others may pass through it: a program that gives up root still reaches its own folder. */
  readonly root: string
  /** One file per program, sandbox and network. */
  readonly records: string
  /** One file per port that is in use. */
  readonly ports: string
}

/** Returns the folder of this user: next to that of the runs, so that clean-up finds it without any setting. */
export const localFolderPath = (): string => join(tmpdir(), `mesocosm-local-${ownUid() ?? -1}`)

/**
 * Creates the folder unless it exists.
 *
 * @throws {MesocosmError} `ENGINE_FAILED` if it cannot be created, or if another user could change it.
 */
export const openLocalFolder = (root: string = localFolderPath()): LocalFolder => {
  const folder = { root, records: join(root, 'records'), ports: join(root, 'ports') }
  make(root, 0o711)
  make(folder.records, 0o700)
  make(folder.ports, 0o700)
  return folder
}

/** Returns the own folder of a program, and the folder of its temporary files. */
export const foldersOf = ({ root }: LocalFolder, id: string) => {
  const own = join(root, id)
  return { own, dir: join(own, 'd'), tmp: join(own, 't') }
}

// ---

const make = (path: string, mode: number): void => {
  try {
    if (faultIn(path, 'folder') === 'missing') {
      mkdirSync(dirname(path), { recursive: true })
      // Fails if another user has put a link there since, which `chmod` would follow.
      mkdirSync(path, { mode })
      // The mask of this process may have taken a bit.
      chmodSync(path, mode)
    }
  } catch (cause) {
    // Another process may have been quicker.
    if (codeOf(cause) !== 'EEXIST')
      throw new MesocosmError({
        code: 'ENGINE_FAILED',
        message: `${path} could not be created: ${messageOf(cause)}`,
        remedy: 'set TMPDIR to a folder in which you can create folders',
        facts: { path },
        cause,
      })
  }
  const fault = faultIn(path, 'folder')
  if (fault === undefined || fault === 'missing') return
  const { message, remedy, facts } = fault
  throw new MesocosmError({ code: 'ENGINE_FAILED', message, remedy, facts: { ...facts } })
}
