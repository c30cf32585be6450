import type { Source } from './source.ts'

/** A value in a document, with where it is. */
export interface Place {
  readonly value: unknown
  readonly source: Source
  readonly keys: readonly (string | number)[]
}

/** An object in a document. */
export type Fields = Readonly<Record<string, unknown>>

/** Returns a value as an object, or `undefined` if it is none. */
export const fieldsOf = (value: unknown): Fields | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : undefined

/** Returns the place of a member; its value is `undefined` if there is none. */
export const child = ({ value, source, keys }: Place, key: string | number): Place => ({
  value:
    typeof value === 'object' && value !== null && Object.hasOwn(value, key)
      ? (value as Record<string | number, unknown>)[key]
      : undefined,
  source,
  keys: [...keys, key],
})

/** Returns the members of an object except extensions, `x-…`. */
export const membersOf = (place: Place): [string, Place][] =>
  Object.keys(fieldsOf(place.value) ?? {})
    .filter((key) => !key.startsWith('x-'))
    .map((key) => [key, child(place, key)])

/** Returns the elements of an array. */
export const elementsOf = (place: Place): Place[] =>
  Array.isArray(place.value) ? place.value.map((_, index) => child(place, index)) : []

/** Returns what identifies a place. */
export const keyOfPlace = ({ source, keys }: Place): string =>
  `${source.path}#${JSON.stringify(keys)}`
