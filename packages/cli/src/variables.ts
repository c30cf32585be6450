import type { EnvPatch } from 'mesocosm/operate'
import { UsageError } from './command.ts'

/** Returns the variables that `KEY=value` arguments set; throws {@link UsageError} for other arguments. */
export const parseVariables = (words: readonly string[]): Record<string, string> =>
  Object.fromEntries(words.map(assignment))

/** Returns the change that arguments ask for: `KEY=value` sets, `KEY-` unsets. Throws {@link UsageError}. */
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
  if (/\s/.test(key)) throw new UsageError(`"${word}" has a space in the name of the variable`)
  return key
}
