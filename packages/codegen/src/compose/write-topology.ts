import { link, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { topologyExists } from './errors.ts'

/**
 * Writes a topology file whole or not at all.
 *
 * @param options.force replaces one that is there; default `false`.
 * @throws {MesocosmError} `TOPOLOGY_EXISTS`
 */
export const writeTopology = async (
  file: string,
  text: string,
  { force = false }: { readonly force?: boolean } = {},
): Promise<void> => {
  const draft = `${file}.${process.pid}.tmp`
  await mkdir(dirname(file), { recursive: true })
  try {
    await writeFile(draft, text)
    // A link, unlike a rename, does not replace what came into being meanwhile.
    await (force ? rename(draft, file) : link(draft, file))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw topologyExists(file)
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}
