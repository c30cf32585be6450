/** Reading of objects that other packages made: structure is all that is known of them. */
export type Foreign = Readonly<Record<string, unknown>>

export const isForeign = (value: unknown): value is Foreign =>
  typeof value === 'object' && value !== null

export const foreign = (value: unknown): Foreign => (isForeign(value) ? value : {})

export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

export const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

export const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** A list of texts; one text counts as a list of one. */
export const texts = (value: unknown): string[] | undefined => {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

/** An object without the keys whose value is `undefined`, for types where absent and undefined differ. */
export const present = <T extends object>(
  value: {
    [K in keyof T]: T[K] | undefined
  },
): T => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T
