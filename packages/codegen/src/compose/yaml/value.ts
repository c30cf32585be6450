/** What YAML can say. */
export type Value = string | number | boolean | null | readonly Value[] | Mapping

export interface Mapping {
  readonly [key: string]: Value
}

export const isMapping = (value: Value | undefined): value is Mapping =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const isList = (value: Value | undefined): value is readonly Value[] => Array.isArray(value)

/** A scalar as Compose writes it into an environment: `true`, `1.5`; `undefined` for anything else. */
export const scalarText = (value: Value | undefined): string | undefined =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined

/** The scalars of a list as text, of a single scalar that alone. */
export const texts = (value: Value | undefined): string[] =>
  (isList(value) ? value : [value]).flatMap((item) => scalarText(item) ?? [])

/** `true`, and the words that stand for it where text is allowed. */
export const isTrue = (value: Value | undefined): boolean =>
  value === true || (typeof value === 'string' && /^(true|yes|on|y)$/i.test(value))

export const isFalse = (value: Value | undefined): boolean =>
  value === false || (typeof value === 'string' && /^(false|no|off|n)$/i.test(value))
