import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, readlink } from 'node:fs/promises'
import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { TarEntry } from '../api/tar.ts'
import { type HashCache, openHashCache } from './hash-cache.ts'
import { type IgnoreRules, ignoreFile, readIgnoreRules } from './ignore-rules.ts'
import { contextFolder, movedRecipe } from './move-context.ts'
import { type FolderEntry, walkFolder } from './walk-folder.ts'

/** What an image is built from. */
export interface BuildContext {
  /**
   * Returns what is sent. A Dockerfile that is not among the files of the image is sent next to a folder with them; when
   * they must not be in a folder, it is one of them.
   */
  readonly send: (mayMove: boolean) => SentContext
  /** Hash of files with their content, Dockerfile, target and arguments. */
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
    const { recipe, digest, dockerfile, send } = await read(build, cacheFolder)
    const args = Object.entries(build.args ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))
    const hash = createHash('sha256')
      .update(JSON.stringify({ dockerfile, recipe, target: build.target ?? '', args, digest }))
      .digest('hex')
    return { send, hash, recipe }
  }
}

// ---

interface Folder {
  /** Called when something is built, which is rare. */
  readonly send: BuildContext['send']
  readonly recipe: string
  /** Path of the Dockerfile in the folder, with `/`; empty when it is outside. */
  readonly dockerfile: string
  /** Hash of the files that can get into the image. */
  readonly digest: string
}

const readFolder = async (build: BuildSpec, cacheFolder: string | undefined): Promise<Folder> => {
  const { context, dockerfileInline } = build
  const name = (build.dockerfile ?? 'Dockerfile').replaceAll('\\', sep)
  const file = dockerfileInline === undefined ? resolve(context, name) : undefined
  const recipe = dockerfileInline ?? (await readRecipe(context, file ?? name, name))
  const rules = await readIgnoreRules(context, file)
  const walkedMs = Date.now()
  const [found, cache] = await Promise.all([
    walkFolder(context, rules),
    openHashCache(cacheFolder, file ?? join(context, 'dockerfileInline'), walkedMs),
  ])
  const digest = await digestOf(context, found, cache)
  await cache.save()
  const dockerfile = file === undefined ? '' : nameIn(context, file)
  const send = (mayMove: boolean) =>
    sentContext(context, found, { dockerfile, recipe, rules, mayMove })
  return { send, recipe, dockerfile, digest }
}

/** Returns the path of a file in a folder, with `/`; empty when it is outside. */
const nameIn = (folder: string, file: string): string => {
  const path = relative(folder, file)
  return path.split(sep)[0] === '..' || isAbsolute(path) ? '' : path.replaceAll(sep, '/')
}

interface Recipe {
  readonly dockerfile: string
  readonly recipe: string
  readonly rules: IgnoreRules
  readonly mayMove: boolean
}

const sentContext = (
  context: string,
  found: readonly FolderEntry[],
  { dockerfile, recipe, rules, mayMove }: Recipe,
): SentContext => {
  const entries = found.map((entry) => tarEntry(context, entry))
  const has = (name: string) => found.some((entry) => entry.name === name)
  if (has(dockerfile)) return { entries, dockerfile }
  const moved = mayMove ? movedRecipe(recipe) : undefined
  if (moved !== undefined) {
    const folder: TarEntry = { name: contextFolder, mode: 0o755, content: { kind: 'folder' } }
    const inFolder = entries.map((entry) => ({ ...entry, name: `${contextFolder}/${entry.name}` }))
    return {
      entries: [textEntry('Dockerfile', moved), folder, ...inFolder],
      dockerfile: 'Dockerfile',
    }
  }
  const name = dockerfile === '' ? 'mesocosm.Dockerfile' : dockerfile
  entries.push(textEntry(name, recipe))
  // The classic builder takes an ignored Dockerfile out of the context again, if the context has rules that name it.
  if (!has(ignoreFile))
    entries.push(textEntry(ignoreFile, rules.shared ?? `${escaped(name)}\n${ignoreFile}\n`))
  return { entries, dockerfile: name }
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

const readRecipe = async (context: string, file: string, dockerfile: string): Promise<string> => {
  try {
    return await readFile(file, 'utf8')
  } catch (cause) {
    throw missing(context, dockerfile, cause)
  }
}

const missing = (context: string, dockerfile: string, cause: unknown): MesocosmError =>
  new MesocosmError({
    code: 'BUILD_FAILED',
    message: isAbsolute(dockerfile)
      ? `${dockerfile} is missing`
      : `${dockerfile} is missing in ${context}`,
    remedy:
      'check `build`: its folder starts at the folder of the topology, `dockerfile` at the build folder',
    facts: { context, dockerfile },
    cause,
  })
