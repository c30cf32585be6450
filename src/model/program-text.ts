/** Bytes that Linux accepts for one argument or one `KEY=value`, with the NUL that ends it: `MAX_ARG_STRLEN`. */
const longestText = 131_072

/** Returns why no program can be started with this argument; `undefined` if one can. */
export const argumentFault = (argument: string): string | undefined =>
  textFault(argument) ?? lengthFault(argument)

/** Returns why no environment variable can have this name; `undefined` if one can. */
export const envKeyFault = (key: string): string | undefined => {
  if (key === '') return 'an environment key must not be empty'
  if (key === '__proto__') return '"__proto__" is not an environment key'
  return /[=\0\r\n]/.test(key)
    ? 'an environment key must not contain "=", NUL or a line break'
    : undefined
}

/** Returns why a variable cannot have this value; `undefined` if it can. */
export const envValueFault = (key: string, value: string): string | undefined =>
  textFault(value) ?? lengthFault(`${key}=${value}`)

/** Returns why no program, path or name can contain this text; `undefined` if one can. */
export const textFault = (text: string): string | undefined =>
  text.includes('\0') ? 'must not contain NUL' : undefined

// ---

const lengthFault = (text: string): string | undefined => {
  // UTF-8 has at most three bytes for each UTF-16 unit.
  if (text.length * 3 < longestText) return undefined
  const bytes = new TextEncoder().encode(text).length
  return bytes < longestText
    ? undefined
    : `is too long: ${bytes} bytes, and Linux takes at most ${longestText - 1} for a program's argument or KEY=value; use a file`
}
