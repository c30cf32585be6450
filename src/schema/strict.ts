import { z } from 'zod'
import { didYouMean } from '../errors/nearest.ts'

/**
 * A schema of exactly the keys of `T`: a key too few, too many or of another type does not compile,
 * and keys unknown at run time get a guess at what was meant, one line a key.
 */
export const strict = <T>(shape: Shape<T>): z.ZodType<T, T> =>
  z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? (issue.keys as string[])
            .map((key) => `unknown key${didYouMean(key, Object.keys(shape))}`)
            .join('\n')
        : undefined,
  }) as unknown as z.ZodType<T, T>

/** Optional keys of `T` take what `.optional()` makes, all others what it does not. */
type Shape<T> = { readonly [K in keyof T]-?: z.ZodType<T[K]> }
