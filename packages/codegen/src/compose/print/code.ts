/** An expression of TypeScript, as far as topologies need them. */
export type Code =
  | { readonly kind: 'expression'; readonly text: string; readonly shape: Shape }
  | { readonly kind: 'object'; readonly entries: readonly Entry[]; readonly open: boolean }
  | { readonly kind: 'array'; readonly items: readonly Code[] }
  | { readonly kind: 'call'; readonly callee: string; readonly args: readonly Code[] }

/** What the formatter does with one that is too long: `next-line` moves it under its key, `stay` leaves it. */
type Shape = 'next-line' | 'stay'

export type Entry =
  | {
      readonly key: string
      readonly value: Code
      /** Lines above it, without slashes. */
      readonly comments?: readonly string[]
    }
  | { readonly spread: Code }

export const expression = (text: string, shape: Shape = 'stay'): Code => ({
  kind: 'expression',
  text,
  shape,
})

/** @param open over several lines also when it would fit in one. */
export const object = (entries: readonly Entry[], open = false): Code => ({
  kind: 'object',
  entries,
  open,
})

/** Without the entries that are `undefined`. */
export const objectOf = (fields: Readonly<Record<string, Code | undefined>>, open = false): Code =>
  object(
    Object.entries(fields).flatMap(([key, value]) => (value === undefined ? [] : [{ key, value }])),
    open,
  )

export const array = (items: readonly Code[]): Code => ({ kind: 'array', items })

export const call = (callee: string, ...args: readonly Code[]): Code => ({
  kind: 'call',
  callee,
  args,
})

export const string = (value: string): Code => expression(quoted(value), 'next-line')

export const strings = (values: readonly string[]): Code => array(values.map(string))

/** Without the underscores of {@link number}. */
export const portNumber = (value: number): Code => expression(String(value))

export const number = (value: number): Code =>
  expression(
    Number.isInteger(value)
      ? String(value).replace(/\B(?=(\d{3})+(?!\d))/g, value >= 10_000 ? '_' : '')
      : String(value),
  )

/** In single quotes, or in double ones where that saves escapes. */
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
