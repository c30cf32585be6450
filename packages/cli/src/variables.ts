import type { EnvPatch } from 'mesocosm/operate'
import { UsageError } from './command.ts'

/**
 * `KEY=value` words.
 *
 * @throws {UsageError}
 */
export const parseVariables = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(words.map(assignment))

/**
 * `KEY=value` sets, `KEY-` takes away.
 *
 * @throws {UsageError}
 */
export const parsePatch = (words: readonly string[]): EnvPatch =>
  Object.fromEntries(
    words.map((word) => {
      const removed = /^([^=]+)-$/.exec(word)?.[1]
      return removed === undefined ? assignment(word) : [named(removed, word), null]
    }),
  )

// ---

const assignment = (word: string): [string, string] => {
  const at = word.indexOf('=')
  if (at < 1) throw new UsageError(`"${word}" is neither KEY=value nor KEY-`)
  return [named(word.slice(0, at), word), word.slice(at + 1)]
}

const named = (key: string, word: string): string => {
  if (/\s/.test(key)) throw new UsageError(`"${word}" names no variable`)
  return key
}
