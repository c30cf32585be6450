import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { join, posix } from 'node:path'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { TarEntry } from '../api/tar.ts'
import { type HashCache, openHashCache } from './hash-cache.ts'
import { type IgnoreRules, ignoreFile, readIgnoreRules } from './ignore-rules.ts'
import { type FolderEntry, walkFolder } from './walk-folder.ts'

/** What an image is built from. */
export interface BuildContext {
  /** What is sent: files of the folder without those in `.dockerignore`, and what the engine itself reads. */
  readonly entries: () => readonly TarEntry[]
  /** Hash of files with their content, Dockerfile, target and arguments. */
  readonly hash: string
  /** Path of the Dockerfile in the folder, with `/`. */
  readonly dockerfile: string
  /** Content of the Dockerfile. */
  readonly recipe: string
  /** Whether an ignore rule names the Dockerfile, so that it is sent, but not copied into the image. */
  readonly hidden: boolean
}

/** Reads build folders; concurrent reads of one folder share the work. */
export type ReadBuildContext = (build: BuildSpec, cacheFolder?: string) => Promise<BuildContext>

/**
 * Returns the reader of build folders. `<Dockerfile>.dockerignore` wins over `.dockerignore`.
 *
 * The reader throws a `MesocosmError` `BUILD_FAILED` when the folder or the Dockerfile is missing.
 */
export const createBuildContexts = (): ReadBuildContext => {
  const underWay = new Map<string, Promise<Folder>>()
  const read = (context: string, dockerfile: string, cacheFolder?: string): Promise<Folder> => {
    const key = JSON.stringify([context, dockerfile, cacheFolder])
    const known = underWay.get(key)
    if (known !== undefined) return known
    const folder = readFolder(context, dockerfile, cacheFolder).finally(() => underWay.delete(key))
    underWay.set(key, folder)
    return folder
  }
  return async (build, cacheFolder) => {
    const dockerfile = posix.normalize((build.dockerfile ?? 'Dockerfile').replaceAll('\\', '/'))
    const folder = await read(build.context, dockerfile, cacheFolder)
    const { recipe, digest, hidden } = folder
    const args = Object.entries(build.args ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
    const hash = createHash('sha256')
      .update(JSON.stringify({ dockerfile, recipe, target: build.target ?? '', args, digest }))
      .digest('hex')
    return { entries: folder.entries, hash, dockerfile, recipe, hidden }
  }
}

// ---

interface Folder {
  /** Called when something is built, which is rare. */
  readonly entries: () => readonly TarEntry[]
  readonly recipe: string
  readonly hidden: boolean
  /** Hash of the files that can get into the image. */
  readonly digest: string
}

const readFolder = async (
  context: string,
  dockerfile: string,
  cacheFolder: string | undefined,
): Promise<Folder> => {
  const recipe = await readRecipe(context, dockerfile)
  const rules = await readIgnoreRules(context, dockerfile)
  const walkedMs = Date.now()
  const [found, cache] = await Promise.all([
    walkFolder(context, rules),
    openHashCache(cacheFolder, join(context, dockerfile), walkedMs),
  ])
  const digest = await digestOf(context, found, cache)
  await cache.save()
  const entries = () => sentEntries(context, found, { dockerfile, recipe, rules })
  const hidden = !found.some((entry) => entry.name === dockerfile)
  return { entries, recipe, digest, hidden }
}

/**
 * Returns the entries to send. The engine takes an ignored Dockerfile out of the context again before it copies, if
 * the context has the `.dockerignore` that names it.
 *
 * @see https://github.com/docker/cli/blob/master/cli/command/image/build/context.go `TrimBuildFilesFromExcludes`
 */
const sentEntries = (
  context: string,
  found: readonly FolderEntry[],
  { dockerfile, recipe, rules }: { dockerfile: string; recipe: string; rules: IgnoreRules },
): TarEntry[] => {
  const entries = found.map((entry) => tarEntry(context, entry))
  const has = (name: string) => found.some((entry) => entry.name === name)
  if (has(dockerfile)) return entries
  entries.push(textEntry(dockerfile, recipe))
  if (!has(ignoreFile))
    entries.push(textEntry(ignoreFile, rules.shared ?? `${escaped(dockerfile)}\n${ignoreFile}\n`))
  return entries
}

const textEntry = (name: string, text: string): TarEntry => ({
  name,
  mode: 0o644,
  content: { kind: 'bytes', bytes: Buffer.from(text) },
})

/** Escapes the characters that mean something in a pattern. */
const escaped = (path: string): string => path.replaceAll(/[*?[\]\\!#]/g, '\\$&')

const tarEntry = (context: string, { name, kind, mode, size }: FolderEntry): TarEntry => {
  const path = join(context, name)
  if (kind === 'folder') return { name, mode, content: { kind } }
  if (kind === 'symlink') return { name, mode, content: { kind, path } }
  return { name, mode, content: { kind, path, size } }
}

const digestOf = async (
  context: string,
  entries: readonly FolderEntry[],
  cache: HashCache,
): Promise<string> => {
  const contents = entries.map((entry) => (entry.kind === 'folder' ? '' : cache.known(entry)))
  const unread = [...contents.keys()].filter((index) => contents[index] === undefined)
  for (let first = 0; first < unread.length; first += readAtOnce) {
    await Promise.all(
      unread.slice(first, first + readAtOnce).map(async (index) => {
        const entry = entries[index] as FolderEntry
        const content = await hashOf(join(context, entry.name), entry)
        cache.keep(entry, content)
        contents[index] = content
      }),
    )
  }
  const hash = createHash('sha256')
  for (const [index, { name, kind, mode }] of entries.entries())
    hash.update(`\0${kind}\0${name}\0${mode.toString(8)}\0${contents[index]}`)
  return hash.digest('hex')
}

/** Number of files read at a time; a folder of installed packages has thousands of small ones. */
const readAtOnce = 32

/** Returns the hash of a link's target or a file's content; large files are streamed. */
const hashOf = async (path: string, { kind, size }: FolderEntry): Promise<string> => {
  const hash = createHash('sha256')
  if (kind === 'symlink') hash.update(await readlink(path))
  else if (size <= 1024 ** 2) hash.update(await readFile(path))
  else for await (const chunk of createReadStream(path)) hash.update(chunk)
  return hash.digest('base64url')
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
