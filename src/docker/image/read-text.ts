import { readFile, stat } from 'node:fs/promises'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../../errors/unknown-error.ts'

/**
 * Returns a text file of a build; `undefined` when it is missing. A pipe or device is not opened: to read one may never
 * end.
 *
 * @throws {MesocosmError} `BUILD_FAILED` when it is another kind of entry, or cannot be read.
 */
export const readTextIfPresent = async (
  path: string,
  context: string,
): Promise<string | undefined> => {
  try {
    const found = await stat(path)
    if (!found.isFile())
      throw unreadable(
        path,
        context,
        `it is a ${found.isDirectory() ? 'folder' : 'pipe, socket or device'}`,
      )
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw unreadable(path, context, error)
  }
}

/** Returns the error for something on this host that a build needs and that cannot be read; a coded error as it is. */
export const unreadable = (path: string, context: string, cause: unknown): MesocosmError =>
  cause instanceof MesocosmError
    ? cause
    : new MesocosmError({
        code: 'BUILD_FAILED',
        message: `${path} could not be read: ${typeof cause === 'string' ? cause : messageOf(cause)}`,
        remedy:
          'check `build`, and that this user may read everything in its folder; `.dockerignore` leaves files out',
        facts: { context, path },
        ...(typeof cause === 'string' ? {} : { cause }),
      })
