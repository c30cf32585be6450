import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { unwritable } from '../artefact/unwritable.ts'
import { topologyExists } from './errors.ts'

/**
 * Writes a topology file whole or not at all.
 *
 * @param options.force replaces one that is there; default `false`.
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
    // A link, unlike a rename, does not replace what came into being meanwhile.
    await (force ? rename(draft, file) : link(draft, file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw topologyExists(file)
    throw unwritable(file, error)
  } finally {
    // What could not be made need not be removed.
    await rm(draft, { force: true }).catch(() => {})
  }
}
