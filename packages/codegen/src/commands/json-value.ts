import type { Json } from './provider.ts'

/*
 * Reading what tools print: nothing of it is certain, and a part that is missing is left out.
 */

export type JsonObject = { readonly [key: string]: Json }

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const objectOf = (value: unknown): JsonObject => (isObject(value) ? value : {})

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
    try {
      return JSON.parse(lines.slice(start).join('\n')) as Json
    } catch (error) {
      // A line of a log can look like the beginning of the answer.
      if (!(error instanceof SyntaxError)) throw error
    }
  }
  return undefined
}

export const byName = <T extends { readonly name: string }>(items: readonly T[]): T[] =>
  items.toSorted((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
