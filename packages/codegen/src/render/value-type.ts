import type { ValueType } from '../model/value-type.ts'
import { quoted } from './quote.ts'

/**
 * Returns the type that `withEnv` accepts for a variable. A variable of unknown type accepts any scalar
 * and `secret(…)`, as a declared one does; a number can also be given as a numeric string.
 */
export const envType = (type: ValueType): string =>
  type.kind === 'string' ? 'string | number | boolean | SecretPart' : precise(type)

/** Returns the type of an argument or option. Accepts numbers for strings, because tools seldom declare which they expect. */
export const argumentType = (type: ValueType): string =>
  type.kind === 'string' ? 'string | number' : precise(type)

/** Returns the type of a readonly array. */
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
