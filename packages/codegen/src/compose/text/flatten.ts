import { joined, readText, type Text, type Variable } from './interpolation.ts'

/** A text as one string, in which a private character stands for each variable, so that patterns can read it. */
export interface Flat {
  readonly string: string
  /** The text that a piece of `string` came from. */
  readonly unflatten: (piece: string) => Text
}

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

export const flatText = (raw: string): Flat => flatten(readText(raw))

/** First character of the private use area. */
const first = 0xe000
