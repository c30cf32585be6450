import { joined, readText, type Text, type Variable } from './interpolation.ts'

/** A text as a string with a private-use character for each variable, so that patterns can match it. */
export interface Flat {
  readonly string: string
  /** Returns the original text of a piece of `string`. */
  readonly unflatten: (piece: string) => Text
}

/** Flattens a text. */
export const flatten = (text: Text): Flat => {
  const variables: Variable[] = []
  const string = text
    .map((part) => {
      if (typeof part === 'string') return part
      variables.push(part)
      return String.fromCharCode(first + variables.length - 1)
    })
    .join('')
  return {
    string,
    unflatten: (piece) =>
      joined([...piece].map((char) => variables[char.charCodeAt(0) - first] ?? char)),
  }
}

/** Parses and flattens a raw string. */
export const flatText = (raw: string): Flat => flatten(readText(raw))

/** First character of Unicode's private-use area. */
const first = 0xe000
