import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile, readlink, stat } from 'node:fs/promises'
import { join, posix } from 'node:path'
import createIgnore, { type Ignore } from '@balena/dockerignore'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { codeOf } from '../../errors/unknown-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { TarEntry } from '../api/tar.ts'

/** What an image is built from. */
export interface BuildContext {
  /** Files of the folder without those in `.dockerignore`, sorted by name. */
  readonly entries: readonly TarEntry[]
  /** Hash of entries with their content, Dockerfile, target and arguments. */
  readonly hash: string
  /** Path of the Dockerfile in the folder, with `/`. */
  readonly dockerfile: string
  /** Content of the Dockerfile. */
  readonly recipe: string
}

/**
 * Reads a build folder. `<Dockerfile>.dockerignore` wins over `.dockerignore`.
 *
 * @throws {MesocosmError} `BUILD_FAILED` when the folder or the Dockerfile is missing.
 */
export const readBuildContext = async (build: BuildSpec): Promise<BuildContext> => {
  const dockerfile = posix.normalize((build.dockerfile ?? 'Dockerfile').replaceAll('\\', '/'))
  const recipe = await readRecipe(build.context, dockerfile)
  const ignored = await ignoreRules(build.context, dockerfile)
  const entries = await walk(build.context, '', ignored)
  return { entries, hash: await hashOf(entries, build, dockerfile), dockerfile, recipe }
}

// ---

interface Rules {
  readonly ignores: (path: string) => boolean
  /** Whether a file in an ignored folder may still be included. */
  readonly hasExceptions: boolean
}

const ignoreRules = async (context: string, dockerfile: string): Promise<Rules> => {
  const own = await readIfPresent(join(context, `${dockerfile}.dockerignore`))
  const text = own ?? (await readIfPresent(join(context, '.dockerignore'))) ?? ''
  // The package is CommonJS: its default export is one level down in ESM.
  const create = ((createIgnore as unknown as { default?: unknown }).default ??
    createIgnore) as () => Ignore
  const patterns = text.split(/\r?\n/).filter((line) => !line.startsWith('#'))
  const rules = create().add(patterns)
  return {
    // The engine needs the Dockerfile even when it is ignored.
    ignores: (path) => path !== dockerfile && rules.ignores(path),
    hasExceptions: patterns.some((line) => line.trim().startsWith('!')) || dockerfile.includes('/'),
  }
}

const walk = async (context: string, folder: string, rules: Rules): Promise<TarEntry[]> => {
  const children = await readdir(join(context, folder), { withFileTypes: true })
  children.sort((a, b) => (a.name < b.name ? -1 : 1))
  const found = await Promise.all(
    children.map(async (child): Promise<TarEntry[]> => {
      const name = posix.join(folder, child.name)
      const path = join(context, name)
      const ignored = rules.ignores(name)
      if (child.isDirectory()) {
        if (ignored && !rules.hasExceptions) return []
        const below = await walk(context, name, rules)
        if (ignored && below.length === 0) return []
        const { mode } = await stat(path)
        return [{ name, mode: mode & 0o777, content: { kind: 'folder' } }, ...below]
      }
      if (ignored) return []
      if (child.isSymbolicLink()) return [{ name, mode: 0o777, content: { kind: 'symlink', path } }]
      if (!child.isFile()) return []
      const { mode, size } = await stat(path)
      return [{ name, mode: mode & 0o777, content: { kind: 'file', path, size } }]
    }),
  )
  return found.flat()
}

const hashOf = async (
  entries: readonly TarEntry[],
  build: BuildSpec,
  dockerfile: string,
): Promise<string> => {
  const hash = createHash('sha256')
  const args = Object.entries(build.args ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
  hash.update(JSON.stringify({ dockerfile, target: build.target ?? '', args }))
  for (let first = 0; first < entries.length; first += readAtOnce) {
    const some = entries.slice(first, first + readAtOnce)
    const contents = await Promise.all(some.map(contentOf))
    for (const [index, { name, mode, content }] of some.entries()) {
      hash.update(`\0${content.kind}\0${name}\0${mode.toString(8)}\0`)
      const whole = contents[index]
      if (whole !== undefined) hash.update(whole)
      else if (content.kind === 'file')
        for await (const chunk of createReadStream(content.path)) hash.update(chunk)
    }
  }
  return hash.digest('hex')
}

/** Number of files read at a time; a folder of installed packages has thousands of small ones. */
const readAtOnce = 32

/** Returns the content of a link or a small file; large files are streamed. */
const contentOf = async ({ content }: TarEntry): Promise<string | Buffer | undefined> => {
  if (content.kind === 'symlink') return readlink(content.path)
  return content.kind === 'file' && content.size <= 1024 ** 2 ? readFile(content.path) : undefined
}

const readIfPresent = async (path: string): Promise<string | undefined> => {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

const readRecipe = async (context: string, dockerfile: string): Promise<string> => {
  try {
    return await readFile(join(context, dockerfile), 'utf8')
  } catch (cause) {
    throw missing(context, dockerfile, cause)
  }
}

const missing = (context: string, dockerfile: string, cause: unknown): MesocosmError =>
  new MesocosmError({
    code: 'BUILD_FAILED',
    message: `${dockerfile} is missing in ${context}`,
    remedy:
      'check `build`: its folder starts at the folder of the topology, `dockerfile` at the build folder',
    facts: { context, dockerfile },
    cause,
  })
