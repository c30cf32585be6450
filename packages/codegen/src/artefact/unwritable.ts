import { MesocosmError } from 'mesocosm'

/** Returns the error for a file that the system refused to write, with a remedy that fits the system's code. */
export const unwritable = (path: string, cause: unknown): MesocosmError => {
  const { code = '' } = cause instanceof Error ? (cause as NodeJS.ErrnoException) : {}
  return new MesocosmError({
    code: code === 'ENOSPC' || code === 'EDQUOT' ? 'DISK_FULL' : 'FILE_UNWRITABLE',
    message: `${path} cannot be written${code === '' ? '' : ` (${code})`}`,
    remedy: remedies[code] ?? 'check what is at that path, and the permissions of its folder',
    facts: { file: path, systemCode: code },
    cause,
  })
}

// ---

const remedies: Readonly<Record<string, string>> = {
  EACCES: 'give the current user write permission for that folder',
  EPERM: 'give the current user write permission for that folder',
  EROFS: 'choose a path on a file system that is not mounted read-only',
  EISDIR: 'move or delete the folder that has this name',
  EEXIST: 'choose another path: part of this one is a file',
  ENOTDIR: 'choose another path: part of this one is a file',
  ENOSPC: 'free space on that disk',
  EDQUOT: 'free space on that disk, or raise the quota',
}
