import type { ValueType } from '../model/value-type.ts'
import { quoted } from './quote.ts'

/**
 * What `withEnv` takes for a variable. One of which nothing is known takes whatever a variable can hold,
 * as a declared one does; a number is itself or a text that is one.
 */
export const envType = (type: ValueType): string =>
  type.kind === 'string' ? 'string | number | boolean' : precise(type)

/** What an argument or an option takes; numbers become text on the way, and tools seldom say which they want. */
export const argumentType = (type: ValueType): string =>
  type.kind === 'string' ? 'string | number' : precise(type)

/** A list of them. */
export const listOf = (type: string): string =>
  `readonly ${type.includes(' ') ? `(${type})` : type}[]`

// ---

const precise = (type: ValueType): string => {
  switch (type.kind) {
    case 'string':
      return 'string'
    case 'number':
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a type, not a template
      return 'number | `${number}`'
    case 'boolean':
      return "boolean | 'true' | 'false' | '1' | '0'"
    case 'enum':
      return type.values.length === 0 ? 'string' : [...new Set(type.values)].map(quoted).join(' | ')
  }
}
