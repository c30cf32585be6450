import { cp, readFile, rm } from 'node:fs/promises'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

/**
 * Gives `api` and `worker` the `node_modules` that their images copy, as `npm ci` in their folders would,
 * but from what is installed for the whole workspace: no registry needed, some 50 ms, nothing when it is there.
 */
export const installServices = async (): Promise<void> => {
  await Promise.all(['api', 'worker'].map((name) => install(join(import.meta.dirname, name))))
}

const install = async (service: string): Promise<void> => {
  const target = join(service, 'node_modules')
  const packages = await closure(service)
  const versions = await Promise.all(
    [...packages].map(async ([name, folder]) => [
      (await manifest(folder)).version,
      (await manifest(join(target, name))).version,
    ]),
  )
  if (versions.every(([wanted, installed]) => wanted === installed)) return
  await rm(target, { recursive: true, force: true })
  for (const [name, folder] of packages)
    await cp(folder, join(target, name), {
      recursive: true,
      // What a package keeps below itself is in the closure too, and lands beside it.
      filter: (path) => !path.startsWith(join(folder, 'node_modules')),
    })
}

/** Folders of all packages that a package's `dependencies` lead to, by name. */
const closure = async (
  folder: string,
  found = new Map<string, string>(),
): Promise<Map<string, string>> => {
  for (const name of Object.keys((await manifest(folder)).dependencies ?? {})) {
    if (found.has(name)) continue
    const path = findPackageJSON(name, join(folder, 'package.json'))
    if (path === undefined)
      throw new Error(`${name}, needed by ${folder}, is not installed: run npm ci`)
    found.set(name, dirname(path))
    await closure(dirname(path), found)
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
