import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { MesocosmError } from 'mesocosm'
import { isGenerated } from '../render/header.ts'
import { keyOf } from '../render/quote.ts'

/**
 * Two files that register one name are a compile error in both, far from its cause.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` when another generated file of the folder has types for a topology of this name.
 */
export const refuseNameClash = async (out: string, topology: string): Promise<void> => {
  const folder = dirname(out)
  for (const name of (await readdir(folder)).toSorted()) {
    if (!/\.gen\.[cm]?ts$/.test(name) || name === basename(out)) continue
    const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
    if (isGenerated(text) && text.includes(`\n  interface Register {\n    ${keyOf(topology)}: {`))
      throw clash(topology, out, join(folder, name))
  }
}

/** The same among topologies that are generated together. @throws {MesocosmError} `TOPOLOGY_INVALID` */
export const refuseSameNames = (
  topologies: readonly { readonly name: string; readonly file: string }[],
): void => {
  const files = new Map<string, string>()
  for (const { name, file } of topologies) {
    const other = files.get(name)
    if (other !== undefined && other !== file) throw clash(name, file, other)
    files.set(name, file)
  }
}

// ---

const clash = (topology: string, file: string, other: string) =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message: `${file} and ${other} would both hold the types of a topology named "${topology}"`,
    remedy:
      'Give each topology a name of its own; if the other one is gone, remove its generated file.',
    facts: { topology, file, other },
  })
