/** A string of a Compose file: literal pieces and variables of the environment. */
export type Text = readonly (string | Variable)[]

/** `${NAME}`, optionally with an operator. */
export interface Variable {
  readonly name: string
  /** `:-` and `-` give a default, `:?` and `?` an error, `:+` and `+` a replacement; with a colon, empty counts as absent. */
  readonly operator?: ':-' | '-' | ':?' | '?' | ':+' | '+'
  readonly word?: Text
}

/** Parses `$NAME`, `${NAME:-default}` and the like; `$$` is a dollar sign, as is a `$` that starts no variable. */
export const readText = (raw: string): Text => {
  const parts: (string | Variable)[] = []
  let plain = ''
  for (let at = 0; at < raw.length; ) {
    if (raw[at] !== '$') {
      plain += raw[at]
      at += 1
      continue
    }
    if (raw[at + 1] === '$') {
      plain += '$'
      at += 2
      continue
    }
    const found = variableAt(raw, at)
    if (found === undefined) {
      plain += '$'
      at += 1
      continue
    }
    if (plain !== '') parts.push(plain)
    plain = ''
    parts.push(found.variable)
    at = found.end
  }
  return plain === '' ? parts : [...parts, plain]
}

/** Returns the text if no variable is set; `undefined` if one has no default. */
export const defaultOf = (text: Text): string | undefined => {
  const parts = text.map((part) => {
    if (typeof part === 'string') return part
    if (part.operator === ':-' || part.operator === '-') return defaultOf(part.word ?? [])
    return part.operator === ':+' || part.operator === '+' ? '' : undefined
  })
  return parts.includes(undefined) ? undefined : parts.join('')
}

/** Returns the text if it has no variables, otherwise `undefined`. */
export const literal = (text: Text): string | undefined =>
  text.every((part) => typeof part === 'string') ? text.join('') : undefined

/** Returns whether two texts are equal, ignoring how they are split. */
export const sameText = (one: Text, other: Text): boolean =>
  JSON.stringify(joined(one)) === JSON.stringify(joined(other))

/** Returns the text with adjacent literal pieces joined. */
export const joined = (text: Text): Text => {
  const parts: (string | Variable)[] = []
  for (const part of text) {
    const last = parts.at(-1)
    if (part === '') continue
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part
    else parts.push(part)
  }
  return parts
}

// ---

const variableAt = (raw: string, at: number): { variable: Variable; end: number } | undefined => {
  const bare = /^\$([A-Za-z_]\w*)/.exec(raw.slice(at))
  if (bare?.[1] !== undefined) return { variable: { name: bare[1] }, end: at + bare[0].length }
  const braced = /^\$\{([A-Za-z_]\w*)(:?[-?+])?/.exec(raw.slice(at))
  if (braced?.[1] === undefined) return undefined
  const from = at + braced[0].length
  const end = closingBrace(raw, from)
  if (end === undefined) return undefined
  const word = raw.slice(from, end)
  const operator = braced[2] as Variable['operator']
  if (operator === undefined)
    return word === '' ? { variable: { name: braced[1] }, end: end + 1 } : undefined
  return { variable: { name: braced[1], operator, word: readText(word) }, end: end + 1 }
}

const closingBrace = (raw: string, from: number): number | undefined => {
  let depth = 0
  for (let at = from; at < raw.length; at += 1) {
    if (raw[at] === '$' && raw[at + 1] === '{') depth += 1
    if (raw[at] !== '}') continue
    if (depth === 0) return at
    depth -= 1
  }
  return undefined
}
