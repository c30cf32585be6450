import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MesocosmError } from 'mesocosm'
import { isGenerated } from '../render/header.ts'
import { keyOf } from '../render/quote.ts'

/**
 * Fails early if two files would register the same name, which TypeScript reports in both files, far from the cause.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` if another generated file in the folder has types for a topology of this name.
 */
export const assertNameIsFree = async (out: string, topology: string): Promise<void> => {
  const folder = dirname(out)
  for (const name of (await readdir(folder)).toSorted()) {
    if (!/\.gen\.[cm]?ts$/.test(name) || name === basename(out)) continue
    const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
    if (isGenerated(text) && text.includes(`\n  interface Register {\n    ${keyOf(topology)}: {`))
      throw clash(topology, out, join(folder, name))
  }
}

/**
 * Fails if two topologies that are generated together have the same name.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`
 */
export const assertUniqueNames = (
  topologies: readonly { readonly name: string; readonly file: string }[],
): void => {
  const files = new Map<string, string>()
  for (const { name, file } of topologies) {
    const other = files.get(name)
    if (other !== undefined && other !== file) throw clash(name, file, other)
    files.set(name, file)
  }
}

/** @deprecated use {@link assertUniqueNames}. */
export const refuseSameNames = assertUniqueNames

// ---

const clash = (topology: string, file: string, other: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} and ${other} would both register a topology named "${topology}"`,
    remedy:
      'give each topology its own name; delete the generated file of a topology that was removed',
    facts: { topology, file, other },
  })
