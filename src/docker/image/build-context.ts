import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { TarEntry } from '../api/tar.ts'
import { type HashCache, openHashCache } from './hash-cache.ts'
import { type IgnoreRules, ignoreFile, readIgnoreRules } from './ignore-rules.ts'
import { readTextIfPresent, unreadable } from './read-text.ts'
import { type FolderEntry, walkFolder } from './walk-folder.ts'

/** What an image is built from. */
export interface BuildContext {
  /**
   * Whether the Dockerfile is not one of the files that instructions see: ignored, outside of the folder, or inline.
   */
  readonly isApart: boolean
  /**
   * Returns the files with the Dockerfile among them, for builders that take one tree.
   *
   * @param recipe replaces the content of the Dockerfile for the builder; files of the image keep theirs.
   */
  readonly together: (recipe?: string) => SentContext
  /** Returns the files without a Dockerfile that is not one of them. */
  readonly files: () => readonly TarEntry[]
  /** Hash of all that decides about the image: files with their content, Dockerfile, target, arguments, platform. */
  readonly hash: string
  /** Content of the Dockerfile. */
  readonly recipe: string
}

/** What the engine gets. */
export interface SentContext {
  readonly entries: readonly TarEntry[]
  /** Path of the Dockerfile among them, with `/`. */
  readonly dockerfile: string
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
  const read = (build: BuildSpec, cacheFolder?: string): Promise<Folder> => {
    const { context, dockerfile, dockerfileInline } = build
    const key = JSON.stringify([context, dockerfile, dockerfileInline, cacheFolder])
    const known = underWay.get(key)
    if (known !== undefined) return known
    const folder = readFolder(build, cacheFolder).finally(() => underWay.delete(key))
    underWay.set(key, folder)
    return folder
  }
  return async (build, cacheFolder) => {
    const { digest, dockerfile, ...folder } = await read(build, cacheFolder)
    const { target = '', platform } = build
    const { recipe } = folder
    const args = Object.entries(build.args ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
    // Of secrets only which there are: as for every builder, another value makes no other image.
    const mounts = [Object.keys(build.secrets ?? {}).sort(), Object.keys(build.ssh ?? {}).sort()]
    const more = mounts.every((ids) => ids.length === 0) ? {} : { mounts }
    const hash = createHash('sha256')
      .update(JSON.stringify({ dockerfile, recipe, target, args, digest, platform, ...more }))
      .digest('hex')
    return { ...folder, hash }
  }
}

/**
 * Returns the content of the Dockerfile of a build.
 *
 * @throws {MesocosmError} `BUILD_FAILED` when it is missing.
 */
export const recipeOf = async ({
  context,
  dockerfile,
  dockerfileInline,
}: BuildSpec): Promise<string> => {
  if (dockerfileInline !== undefined) return dockerfileInline
  const name = nameOf(dockerfile)
  const recipe = await readTextIfPresent(resolve(context, name), context)
  if (recipe === undefined) throw missing(context, name)
  return recipe
}

// ---

const nameOf = (dockerfile = 'Dockerfile'): string => dockerfile.replaceAll('\\', sep)

interface Folder extends Omit<BuildContext, 'hash'> {
  /** Path of the Dockerfile in the folder, with `/`; empty when it is outside. */
  readonly dockerfile: string
  /** Hash of the files that can get into the image. */
  readonly digest: string
}

const readFolder = async (build: BuildSpec, cacheFolder: string | undefined): Promise<Folder> => {
  const { context, dockerfileInline } = build
  const name = nameOf(build.dockerfile)
  const file = dockerfileInline === undefined ? resolve(context, name) : undefined
  const recipe = await recipeOf(build)
  const rules = await readIgnoreRules(context, file)
  const walkedMs = Date.now()
  const [found, cache] = await Promise.all([
    walkFolder(context, rules).catch((error: unknown) => {
      throw unreadable(pathOf(error) ?? context, context, error)
    }),
    openHashCache(cacheFolder, file ?? join(context, 'dockerfileInline'), walkedMs),
  ])
  const digest = await digestOf(context, found, cache)
  await cache.save()
  const dockerfile = file === undefined ? '' : nameIn(context, file)
  // The target of a link may not be among the files.
  const isApart = !found.some(({ name, kind }) => name === dockerfile && kind === 'file')
  const files = () => found.map((entry) => tarEntry(context, entry))
  return {
    isApart,
    files,
    together: (other = recipe) =>
      isApart || other !== recipe
        ? withRecipe(context, files(), { recipe: other, rules })
        : { entries: files(), dockerfile },
    recipe,
    dockerfile,
    digest,
  }
}

const pathOf = (error: unknown): string | undefined =>
  error instanceof Error && 'path' in error && typeof error.path === 'string'
    ? error.path
    : undefined

/** Returns the path of a file in a folder, with `/`; empty when it is outside. */
const nameIn = (folder: string, file: string): string => {
  const path = relative(folder, file)
  return path.split(sep)[0] === '..' || isAbsolute(path) ? '' : path.replaceAll(sep, '/')
}

interface Recipe {
  readonly recipe: string
  readonly rules: IgnoreRules
}

/**
 * Such builders take an ignored Dockerfile out of the tree again after they have read it. Rules that instructions see
 * cannot be changed, so the Dockerfile gets a name that they ignore.
 */
const withRecipe = (
  context: string,
  files: readonly TarEntry[],
  { recipe, rules }: Recipe,
): SentContext => {
  const taken = new Set(files.map(({ name }) => name))
  if (!taken.has(ignoreFile)) {
    const name = `mesocosm-${randomUUID()}`
    const own = textEntry(ignoreFile, `${name}\n${ignoreFile}\n`)
    return { entries: [...files, textEntry(name, recipe), own], dockerfile: name }
  }
  const name = rules.patterns
    .map((pattern) =>
      pattern
        .trim()
        .replace(/^(?:\/|\*\*\/)+/, '')
        .replaceAll(/\*+|\?/g, 'x'),
    )
    .find((one) => /^[\w.-]+$/.test(one) && rules.ignores(one) && !taken.has(one))
  if (name !== undefined) return { entries: [...files, textEntry(name, recipe)], dockerfile: name }
  throw new MesocosmError({
    code: 'BUILD_FAILED',
    message: `${context} could not be built: the Dockerfile is not one of its files, and this builder would add it to them`,
    remedy: `add the line "mesocosm.Dockerfile" to ${ignoreFile}, or use an engine with BuildKit`,
    facts: { context },
  })
}

/** Returns a file of the tree. */
export const textEntry = (name: string, text: string): TarEntry => ({
  name,
  mode: 0o644,
  content: { kind: 'bytes', bytes: Buffer.from(text) },
})

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
        const path = join(context, entry.name)
        const content = await hashOf(path, entry).catch((error: unknown) => {
          throw unreadable(path, context, error)
        })
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

const missing = (context: string, dockerfile: string): MesocosmError =>
  new MesocosmError({
    code: 'BUILD_FAILED',
    message: isAbsolute(dockerfile)
      ? `${dockerfile} is missing`
      : `${dockerfile} is missing in ${context}`,
    remedy:
      'check `build`: its folder starts at the folder of the topology, `dockerfile` at the build folder',
    facts: { context, dockerfile },
  })
