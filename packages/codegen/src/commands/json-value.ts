import type { Json } from './provider.ts'

/*
 * Reading what tools print: nothing of it is certain, and a part that is missing is left out.
 */

export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** `undefined` for what is no JSON. */
export const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** Items of a list or values of an object: PHP prints an empty map as an empty list. */
export const itemsOf = (value: unknown): readonly Json[] =>
  Array.isArray(value) ? (value as Json[]) : isObject(value) ? Object.values(value) : []

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Key `doc` with the text on one line, or nothing. */
export const docOf = (value: unknown): { readonly doc?: string } => {
  const doc = textOf(value).replaceAll(/\s+/g, ' ').trim()
  return doc === '' ? {} : { doc }
}

/** The JSON value that a tool printed, perhaps after other lines. */
export const parseAnswer = (stdout: string): Json | undefined => {
  const lines = stdout.split('\n')
  const starts = lines.flatMap((line, index) => (/^\s*[[{]/.test(line) ? [index] : []))
  for (const start of starts) {
    const value = parseJson(lines.slice(start).join('\n'))
    // A line of a log can look like the beginning of the answer.
    if (value !== undefined) return value as Json
  }
  return undefined
}

export const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
