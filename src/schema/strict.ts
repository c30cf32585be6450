import { z } from 'zod'
import { didYouMean } from '../errors/nearest.ts'
import { own } from '../model/record.ts'

/**
 * Returns a schema of exactly the keys of `T`: a missing, additional or differently typed key does not compile.
 * At run time, unknown keys are reported with the closest known key, one line per key.
 *
 * @param words keys that other tools have for the known ones.
 */
export const strict = <T>(
  shape: Shape<T>,
  words: Readonly<Record<string, string>> = {},
): z.ZodType<T, T> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue.keys as string[])
            .map((key) => {
              const word = own(words, key)
              return word === undefined
                ? `unknown key${didYouMean(key, Object.keys(shape))}`
                : `unknown key; write "${word}"`
            })
            .join('\n')
        : undefined,
  }) as unknown as z.ZodType<T, T>

/** Optional keys of `T` need an `.optional()` schema, all others must not have one. */
type Shape<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> }
