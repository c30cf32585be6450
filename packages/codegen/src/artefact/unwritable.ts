import { MesocosmError } from 'mesocosm'

/** The error for a file that the system does not let us write, with what there is to do about it. */
export const unwritable = (path: string, cause: unknown): MesocosmError => {
  const { code = '' } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {}
  return new MesocosmError({
    code: code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : 'FILE_UNWRITABLE',
    message: `${path} cannot be written${code === '' ? '' : ` (${code})`}`,
    remedy: remedies[code] ?? 'Look at what is at that path, and at the rights of its folder.',
    facts: { file: path, systemCode: code },
    cause,
  })
}

// ---

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'Give the user that runs this the right to write in that folder.',
  EPERM: 'Give the user that runs this the right to write in that folder.',
  EROFS: 'The file system is mounted for reading: run this where it can be written to.',
  EISDIR: 'There is a folder of that name: move it away.',
  EEXIST: 'A part of the path is a file: choose another path.',
  ENOTDIR: 'A part of the path is a file: choose another path.',
  ENOSPC: 'Make room on that disk.',
  EDQUOT: 'Make room on that disk.',
}
