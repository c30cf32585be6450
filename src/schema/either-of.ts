import { z } from 'zod'

/**
 * Returns the schema of a value that has one of several shapes, where the value itself says which: its faults are those of
 * that shape.
 */
export const eitherOf = <T>(shapeOf: (value: unknown) => z.ZodType<T, T>): z.ZodType<T, T> =>
  z.unknown().check(({ value, issues }) => {
    const { error } = shapeOf(value).safeParse(value, { reportInput: true })
    for (const issue of error?.issues ?? []) issues.push({ ...issue, input: issue.input } as never)
  }) as unknown as z.ZodType<T, T>
