import type { JsonValue } from './provider.ts'

/*
 * Reads the output of tools leniently: missing or malformed parts are skipped.
 */

/** A JSON object. */
export type JsonObject = { readonly [key: string]: JsonValue }

/** Returns whether a value is an object and not an array. */
export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Returns the object, or an empty one for any other value. */
export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** Parses JSON; returns `undefined` if the text is not valid JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Returns the items of an array or the values of an object: PHP prints an empty map as an empty array. */
export const itemsOf = (value: unknown): readonly JsonValue[] =>
  Array.isArray(value) ? (value as JsonValue[]) : isObject(value) ? Object.values(value) : []

/** Returns the string, or an empty one for any other value. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Returns `{ doc }` with the text on one line, or `{}` if it is empty. */
export const docOf = (value: unknown): { readonly doc?: string } => {
  const doc = textOf(value).replaceAll(/\s+/g, ' ').trim()
  return doc === '' ? {} : { doc }
}

/** Returns the JSON value that a tool printed, possibly after other lines. */
export const parseAnswer = (stdout: string): JsonValue | undefined => {
  const lines = stdout.split('\n')
  const starts = lines.flatMap((line, index) => (/^\s*[[{]/.test(line) ? [index] : []))
  for (const start of starts) {
    const value = parseJson(lines.slice(start).join('\n'))
    // A log line can look like the start of the JSON.
    if (value !== undefined) return value as JsonValue
  }
  return undefined
}

/** Returns the items sorted by name, by code unit. */
export const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
