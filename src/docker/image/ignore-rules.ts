import { join } from 'node:path'
import createIgnore, { type Ignore } from '@balena/dockerignore'
import { readTextIfPresent } from './read-text.ts'

/** What `.dockerignore` leaves out of a build folder. */
export interface IgnoreRules {
  /** Whether a path is left out; with `/`, relative to the folder. */
  readonly ignores: (path: string) => boolean
  /** Whether a file in an ignored folder may still be included. */
  readonly hasExceptions: boolean
  /** One a line of the file, without comments. */
  readonly patterns: readonly string[]
  /** Content of the `.dockerignore` that they are from; `undefined` for rules that the engine does not read. */
  readonly shared: string | undefined
}

/** Name of the file with the rules of all Dockerfiles. */
export const ignoreFile = '.dockerignore'

/** Reads the rules of a build folder; `<Dockerfile>.dockerignore` wins over `.dockerignore`. `dockerfile` is absolute. */
export const readIgnoreRules = async (
  context: string,
  dockerfile: string | undefined,
): Promise<IgnoreRules> => {
  const read = (path: string) => readTextIfPresent(path, context)
  const own = dockerfile === undefined ? undefined : await read(`${dockerfile}${ignoreFile}`)
  const shared = own === undefined ? await read(join(context, ignoreFile)) : undefined
  const text = own ?? shared ?? ''
  // The package is CommonJS: its default export is one level down in ESM.
  const create = ((createIgnore as unknown as { default?: unknown }).default ??
    createIgnore) as () => Ignore
  const patterns = text.split(/\r?\n/).filter((line) => !line.startsWith('#') && line.trim() !== '')
  const rules = create().add(patterns)
  return {
    ignores: patterns.length === 0 ? () => false : (path) => rules.ignores(path),
    hasExceptions: patterns.some((line) => line.trim().startsWith('!')),
    patterns,
    shared,
  }
}
