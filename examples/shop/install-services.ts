import { cp, readFile, rename, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join, sep } from 'node:path'

/**
 * Fills the `node_modules` that the images of `api` and `worker` copy, as `npm ci` in their folders would, but from
 * the packages of the workspace: needs no registry, and is a no-op if they are up to date.
 */
export const installServices = async (): Promise<void> => {
  await Promise.all(['api', 'worker'].map(install))
}

const home = import.meta.dirname

const install = async (service: string): Promise<void> => {
  const target = join(home, service, 'node_modules')
  const { dependencies = {} } = await manifest(join(home, service))
  // Resolved from here, because the service's own folder may hold packages of an earlier call.
  const folders = [...(await closure(Object.keys(dependencies), home))]
  const versions = await Promise.all(
    folders.map(async (folder) => [
      (await manifest(folder)).version,
      (await manifest(join(target, pathBelow(folder)))).version,
    ]),
  )
  if (versions.every(([wanted, installed]) => wanted === installed)) return
  const part = join(home, `node_modules/.${service}-${process.pid}`)
  for (const folder of folders)
    await cp(folder, join(part, pathBelow(folder)), {
      recursive: true,
      filter: (path) =>
        // Nested packages are in the closure as well.
        !path.startsWith(join(folder, 'node_modules')) && !notForPrograms.test(path),
    })
  // Replaced in one step, so an interruption leaves no incomplete folder.
  await rm(target, { recursive: true, force: true })
  await rename(part, target)
}

/** Returns the path of a package below `node_modules`; two versions of a package have different ones. */
const pathBelow = (folder: string): string =>
  folder.slice(folder.indexOf(nodeModules) + nodeModules.length)

const nodeModules = `${sep}node_modules${sep}`

/** Half of the files of the AWS SDK; only compilers and debuggers read them. */
const notForPrograms = /[\\/]dist-types$|\.d\.[cm]?ts$|\.map$/

/** Returns the folders of these packages, as resolved from `from`, and of all their dependencies. */
const closure = async (
  names: readonly string[],
  from: string,
  found = new Set<string>(),
): Promise<Set<string>> => {
  for (const name of names) {
    const path = findPackageJSON(name, join(from, 'package.json'))
    if (path === undefined)
      throw new Error(`${name}, needed by ${from}, is not installed; run npm ci`)
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

/** Returns the package.json of a folder; empty if there is none. */
const manifest = async (folder: string): Promise<Manifest> => {
  try {
    return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as Manifest
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw error
  }
}

/** The name that Vitest expects of a `globalSetup` file. */
export { installServices as setup }

if (import.meta.main) await installServices()
