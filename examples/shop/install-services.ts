import { cp, readFile, rename, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join, sep } from 'node:path'

/**
 * Gives `api` and `worker` the `node_modules` that their images copy, as `npm ci` in their folders would,
 * but from what is installed for the whole workspace: no registry needed, and nothing to do when it is there.
 */
export const installServices = async (): Promise<void> => {
  await Promise.all(['api', 'worker'].map(install))
}

const home = import.meta.dirname

const install = async (service: string): Promise<void> => {
  const target = join(home, service, 'node_modules')
  const { dependencies = {} } = await manifest(join(home, service))
  // Looked up from here: from the service's own folder, what was put there before would be found.
  const folders = [...(await closure(Object.keys(dependencies), home))]
  const versions = await Promise.all(
    folders.map(async (folder) => [
      (await manifest(folder)).version,
      (await manifest(join(target, placeOf(folder)))).version,
    ]),
  )
  if (versions.every(([wanted, installed]) => wanted === installed)) return
  const part = join(home, `node_modules/.${service}-${process.pid}`)
  for (const folder of folders)
    await cp(folder, join(part, placeOf(folder)), {
      recursive: true,
      filter: (path) =>
        // What a package keeps below itself is in the closure too.
        !path.startsWith(join(folder, 'node_modules')) && !forTheCompiler.test(path),
    })
  // At once: an end in the middle leaves nothing that looks whole.
  await rm(target, { recursive: true, force: true })
  await rename(part, target)
}

/** Where a package lies below `node_modules`: two versions of one are apart there as in the workspace. */
const placeOf = (folder: string): string =>
  folder.slice(folder.indexOf(nodeModules) + nodeModules.length)

const nodeModules = `${sep}node_modules${sep}`

/** Half of what the AWS SDK brings; programs never read it. */
const forTheCompiler = /[\\/]dist-types$|\.d\.[cm]?ts$|\.map$/

/** Folders of these packages as `from` has them, and of all that their `dependencies` lead to. */
const closure = async (
  names: readonly string[],
  from: string,
  found = new Set<string>(),
): Promise<Set<string>> => {
  for (const name of names) {
    const path = findPackageJSON(name, join(from, 'package.json'))
    if (path === undefined)
      throw new Error(`${name}, needed by ${from}, is not installed: run npm ci`)
    const folder = dirname(path)
    if (found.has(folder)) continue
    found.add(folder)
    await closure(Object.keys((await manifest(folder)).dependencies ?? {}), folder, found)
  }
  return found
}

interface Manifest {
  readonly version?: string
  readonly dependencies?: Readonly<Record<string, string>>
}

/** A package's own description; empty where there is no such package. */
const manifest = async (folder: string): Promise<Manifest> => {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/** So that Vitest can run it before the tests, as `globalSetup`. */
export { installServices as setup }

if (import.meta.main) await installServices()
