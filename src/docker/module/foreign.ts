/** An object of another package, of which only the structure is known. */
export type Foreign = Readonly<Record<string, unknown>>

/** Returns whether a value is an object. */
export const isForeign = (value: unknown): value is Foreign =>
  typeof value === 'object' && value !== null

/** Returns a value if it is an object, else an empty one. */
export const foreign = (value: unknown): Foreign => (isForeign(value) ? value : {})

/** Returns a value if it is an array, else an empty one. */
export const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** Returns a value if it is a string. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' ? value : undefined

/** Returns a value if it is a finite number. */
export const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

/** Returns a value if it is an array of strings; a string counts as an array of one. */
export const texts = (value: unknown): string[] | undefined => {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined
}

/** Returns an object without keys that are `undefined`, for types where absent and undefined differ. */
export const present = <T extends object>(
  value: {
    [K in keyof T]: T[K] | undefined
  },
): T => Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as T
