/** A TypeScript expression, limited to what topologies need. */
export type Code =
  | { readonly kind: 'expression'; readonly text: string; readonly shape: Shape }
  | { readonly kind: 'object'; readonly entries: readonly Entry[]; readonly open: boolean }
  | { readonly kind: 'array'; readonly items: readonly Code[] }
  | { readonly kind: 'call'; readonly callee: string; readonly args: readonly Code[] }

/** How the formatter treats a long expression: `next-line` moves it below its key, `stay` keeps it. */
type Shape = 'next-line' | 'stay'

/** An entry of an object literal. */
export type Entry =
  | {
      readonly key: string
      readonly value: Code
      /** Comment lines above it, without slashes. */
      readonly comments?: readonly string[]
    }
  | { readonly spread: Code }

/** Returns an expression from its source text. */
export const expression = (text: string, shape: Shape = 'stay'): Code => ({
  kind: 'expression',
  text,
  shape,
})

/**
 * Returns an object literal.
 *
 * @param open prints it on several lines even if it fits on one.
 */
export const object = (entries: readonly Entry[], open = false): Code => ({
  kind: 'object',
  entries,
  open,
})

/** Returns an object literal without the entries that are `undefined`. */
export const objectOf = (fields: Readonly<Record<string, Code | undefined>>, open = false): Code =>
  object(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
    open,
  )

/** Returns an array literal. */
export const array = (items: readonly Code[]): Code => ({ kind: 'array', items })

/** Returns a function call. */
export const call = (callee: string, ...args: readonly Code[]): Code => ({
  kind: 'call',
  callee,
  args,
})

/** Returns a string literal. */
export const string = (value: string): Code => expression(quoted(value), 'next-line')

/** Returns an array of string literals. */
export const strings = (values: readonly string[]): Code => array(values.map(string))

/** Returns a port number: no underscores, unlike {@link number}. */
export const portNumber = (value: number): Code => expression(String(value))

/** Returns a number literal, with underscores from 10_000. */
export const number = (value: number): Code =>
  expression(
    Number.isInteger(value)
      ? String(value).replace(/\B(?=(\d{3})+(?!\d))/g, value >= 10_000 ? '_' : '')
      : String(value),
  )

/** Returns a string in single quotes, or in double quotes if that needs fewer escapes. */
export const quoted = (value: string): string => {
  const quote = count(value, "'") > count(value, '"') ? '"' : "'"
  const inner = [...value]
    .map((char) => {
      if (char === quote || char === '\\') return `\\${char}`
      return (
        escapes[char] ??
        (char < ' ' ? `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}` : char)
      )
    })
    .join('')
  return `${quote}${inner}${quote}`
}

/** Returns an object key, quoted if necessary. */
export const propertyKey = (key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? key : quoted(key)

// ---

const count = (value: string, char: string) => value.split(char).length - 1

const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
}
