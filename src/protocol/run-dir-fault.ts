import { MesocosmError } from '../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../errors/unknown-error.ts'

/** Returns the error for a part of a run directory that the system refused to write. */
export const runDirFault = (path: string, cause: unknown): MesocosmError => {
  const isFull = ['ENOSPC', 'EDQUOT'].includes(codeOf(cause) ?? '')
  return new MesocosmError({
    code: isFull ? 'DISK_FULL' : 'SUPERVISOR_UNREACHABLE',
    message: `${path} could not be written: ${messageOf(cause)}`,
    remedy: isFull
      ? 'free space on the disk of temporary files, or set TMPDIR to a folder on another disk'
      : 'set TMPDIR to a folder that this user can write to',
    facts: { path },
    cause,
  })
}
