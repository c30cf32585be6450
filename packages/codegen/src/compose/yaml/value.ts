/** A YAML value. */
export type Value = string | number | boolean | null | readonly Value[] | Mapping

/** A YAML mapping. */
export interface Mapping {
  readonly [key: string]: Value
}

/** Returns whether a value is a mapping. */
export const isMapping = (value: Value | undefined): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Returns whether a value is an array. */
export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)

/** Returns a scalar as Compose writes it to the environment: `true`, `1.5`; `undefined` for anything else. */
export const scalarText = (value: Value | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined

/** Returns the scalars of an array, or a single scalar, as strings. */
export const texts = (value: Value | undefined): string[] =>
  (isList(value) ? value : [value]).flatMap((item) => scalarText(item) ?? [])

/** Returns whether a value is `true` or a string that means it. */
export const isTrue = (value: Value | undefined): boolean =>
  value === true || (typeof value === 'string' && /^(true|yes|on|y)$/i.test(value))

/** Returns whether a value is `false` or a string that means it. */
export const isFalse = (value: Value | undefined): boolean =>
  value === false || (typeof value === 'string' && /^(false|no|off|n)$/i.test(value))
