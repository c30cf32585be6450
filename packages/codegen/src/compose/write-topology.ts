import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { unwritable } from '../artefact/unwritable.ts'
import { topologyExists } from './errors.ts'

/**
 * Writes a topology file atomically.
 *
 * @param options.force overwrites an existing file; default `false`.
 * @throws {MesocosmError} `TOPOLOGY_EXISTS`, `FILE_UNWRITABLE`, `DISK_FULL`
 */
export const writeTopology = async (
  file: string,
  text: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> => {
  const draft = `${file}.${process.pid}.tmp`
  const folder = dirname(file)
  await mkdir(folder, { recursive: true }).catch((error: unknown) => {
    throw unwritable(folder, error)
  })
  try {
    await writeFile(draft, text)
    // A link, unlike a rename, fails if the file was created in the meantime.
    await (force ? rename(draft, file) : link(draft, file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw topologyExists(file)
    throw unwritable(file, error)
  } finally {
    // Cleaning up must not hide the first error.
    await rm(draft, { force: true }).catch(() => {})
  }
}
