import { createRequire, findPackageJSON } from 'node:module'
import { dirname } from 'node:path'

/**
 * Returns the folders of a package and of all its direct and indirect `dependencies` in `node_modules`, without those that
 * are inside another of them.
 */
export const closureOf = (name: string, from: string): readonly string[] => {
  const folders = new Set<string>()
  const follow = (name: string, from: string) => {
    const manifest = findPackageJSON(name, from)
    // An optional dependency for another platform.
    if (manifest === undefined) return
    const folder = dirname(manifest)
    if (folders.has(folder)) return
    folders.add(folder)
    const { dependencies = {} } = createRequire(manifest)(manifest) as Manifest
    for (const next of Object.keys(dependencies)) follow(next, manifest)
  }
  follow(name, from)
  return [...folders].filter(
    (folder) => folder.lastIndexOf('/node_modules/') === folder.indexOf('/node_modules/'),
  )
}

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>
}
