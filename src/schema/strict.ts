import { z } from 'zod'
import { didYouMean } from '../errors/nearest.ts'
import { own } from '../model/record.ts'
import { kindOf } from '../model/value-kind.ts'

/** What a schema says besides its keys. */
interface StrictOptions {
  /** Keys that other tools have, and those that mean the same here. */
  readonly words?: Readonly<Record<string, string>>
  /** How it is written, for values that are not an object: `{ from, to }`. */
  readonly form?: string
}

/**
 * Returns a schema of exactly the keys of `T`: a missing, additional or differently typed key does not compile.
 * At run time, unknown keys are reported with the closest known key, one line per key.
 */
export const strict = <T>(
  shape: Shape<T>,
  { words = {}, form }: StrictOptions = {},
): z.ZodType<T, T> => {
  const unknownKey = (key: string): string => {
    const word = own(words, key)
    return word === undefined
      ? `unknown key${didYouMean(key, Object.keys(shape))}`
      : `unknown key; write "${word}"`
  }
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys')
        return (issue.keys as string[]).map(unknownKey).join('\n')
      return issue.code === 'invalid_type' && form !== undefined
        ? `must be ${form}, not ${kindOf(issue.input)}`
        : undefined
    },
  }) as unknown as z.ZodType<T, T>
}

/** Optional keys of `T` need an `.optional()` schema, all others must not have one. */
type Shape<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> }
