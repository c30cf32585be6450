/** A piece of a psql script. */
export type Piece =
  | {
      /** Text of a statement, without its end; variables are replaced. */
      readonly sql: string
      /** What ended it: `;`, a meta-command such as `gexec`, or the end of the script. */
      readonly end: string
      /** Number of its first line, from 1. */
      readonly line: number
    }
  | { readonly meta: string; readonly argument: string; readonly line: number }

/**
 * Splits a psql script into statements and meta-commands, as psql does: strings, quoted names, dollar quotes, nested
 * comments, bodies that begin with `begin atomic`. The next piece is read when it is asked for, so variables may change in
 * between.
 *
 * @see PostgreSQL, `psqlscan.l`
 */
export class SqlScanner {
  readonly #text: string
  readonly #variables: ReadonlyMap<string, string>
  #at = 0
  #line = 1

  constructor(text: string, variables: ReadonlyMap<string, string>) {
    this.#text = text.replaceAll('\r\n', '\n')
    this.#variables = variables
  }

  /** Returns the next piece; `undefined` at the end. */
  next(): Piece | undefined {
    let sql = ''
    let line = 0
    let depth = 0
    let bodies = 0
    const words: string[] = []
    const take = (length: number, shown = this.#text.slice(this.#at, this.#at + length)) => {
      if (line === 0 && shown.trim() !== '') line = this.#line
      sql += shown
      this.#skip(length)
    }
    while (this.#at < this.#text.length) {
      const rest = this.#rest()
      const char = rest[0] as string
      const comment = commentAt(this.#text, this.#at)
      if (comment > 0) {
        this.#skip(comment)
        sql += ' '
      } else if (char === '\\') {
        const meta = this.#metaCommand()
        if (sql.trim() === '') return { ...meta, line: this.#line }
        if (meta.meta === 'g' || meta.meta === 'gexec' || meta.meta === 'gset')
          return { sql: sql.trim(), end: meta.meta, line }
        throw new Error(`line ${this.#line}: \\${meta.meta} is not supported inside a statement`)
      } else if (char === ';' && depth === 0 && bodies === 0) {
        this.#skip(1)
        if (sql.trim() !== '') return { sql: sql.trim(), end: ';', line }
        sql = ''
      } else if (quoteAt(this.#text, this.#at) > 0) take(quoteAt(this.#text, this.#at))
      else if (char === ':' && sql.at(-1) !== ':' && this.#variable() !== undefined) {
        const { length, value } = this.#variable() as { length: number; value: string }
        take(length, value)
      } else {
        const word = /^[\p{L}_][\p{L}\p{N}_$]*/u.exec(rest)?.[0]
        if (word !== undefined) {
          if (words.length < 4) words.push(word.toLowerCase())
          bodies = bodiesAfter(word.toLowerCase(), words, bodies)
          take(word.length)
          continue
        }
        if (char === '(') depth++
        if (char === ')' && depth > 0) depth--
        take(1)
      }
    }
    return sql.trim() === '' ? undefined : { sql: sql.trim(), end: '', line }
  }

  /** Returns the lines after the current one until `\.`: the data of `copy … from stdin`. */
  copyData(): string {
    const from = this.#text.indexOf('\n', this.#at) + 1
    const rest = from === 0 ? '' : this.#text.slice(from)
    const end = /^\\\.(\n|$)/m.exec(rest)
    const data = end === null ? rest : rest.slice(0, end.index)
    this.#skip(from - this.#at + data.length + (end?.[0].length ?? 0))
    return data
  }

  /** What is left, as far as a token can be. */
  #rest(): string {
    return this.#text.slice(this.#at, this.#at + 256)
  }

  #skip(length: number): void {
    const to = Math.min(this.#at + length, this.#text.length)
    for (let at = this.#at; at < to; at++) if (this.#text[at] === '\n') this.#line++
    this.#at = to
  }

  #metaCommand() {
    const end = this.#text.indexOf('\n', this.#at)
    const line = this.#text.slice(this.#at + 1, end === -1 ? undefined : end)
    // The line break stays, so that the number of the line is still right.
    this.#skip(line.length + 1)
    const [, meta = '', argument = ''] = /^(\S*)\s*(.*)$/.exec(line) ?? []
    return { meta, argument: argument.trim() }
  }

  /** The variable at the current position: `:name`, `:'name'` as a string, `:"name"` as a quoted name. */
  #variable(): { readonly length: number; readonly value: string } | undefined {
    const found = /^:(?:'([\w]+)'|"([\w]+)"|([A-Za-z_]\w*))/.exec(this.#rest())
    const value = this.#variables.get(found?.[1] ?? found?.[2] ?? found?.[3] ?? '')
    if (found === null || value === undefined) return undefined
    const shown =
      found[1] !== undefined ? literal(value) : found[2] !== undefined ? quotedName(value) : value
    return { length: found[0].length, value: shown }
  }
}

/** Returns a string as SQL, whatever it contains. */
export const literal = (text: string): string =>
  `${text.includes('\\') ? ' E' : ''}'${text.replaceAll("'", "''").replaceAll('\\', '\\\\')}'`

/** Returns a name as SQL, whatever it contains. */
export const quotedName = (name: string): string => `"${name.replaceAll('"', '""')}"`

// ---

/** Returns the length of the comment that starts here, else 0. */
const commentAt = (text: string, at: number): number => {
  if (text.startsWith('--', at)) {
    const end = text.indexOf('\n', at)
    return (end === -1 ? text.length : end) - at
  }
  if (!text.startsWith('/*', at)) return 0
  let depth = 0
  for (let position = at; position < text.length; position++) {
    if (text.startsWith('/*', position)) {
      depth++
      position++
    } else if (text.startsWith('*/', position)) {
      depth--
      position++
      if (depth === 0) return position + 1 - at
    }
  }
  return text.length - at
}

/** Returns the length of the quoted string or name that starts here, else 0. */
const quoteAt = (text: string, at: number): number => {
  const before = at === 0 ? '' : (text[at - 1] as string)
  const char = text[at]
  if (char === '"') return closedBy(text, at, /"/g)
  if (char === "'") {
    const escapes = /[eE]/.test(before) && !/[\w$]/.test(text[at - 2] ?? '')
    return closedBy(text, at, escapes ? /\\[\s\S]|'/g : /'/g)
  }
  if (char !== '$' || /[\w$]/.test(before)) return 0
  const tag = /^\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/u.exec(text.slice(at, at + 80))?.[0]
  if (tag === undefined) return 0
  const end = text.indexOf(tag, at + tag.length)
  return (end === -1 ? text.length : end + tag.length) - at
}

/** A doubled quote is two strings next to each other, which ends at the same position. */
const closedBy = (text: string, at: number, end: RegExp): number => {
  end.lastIndex = at + 1
  for (let found = end.exec(text); found !== null; found = end.exec(text))
    if (found[0].length === 1) return found.index + 1 - at
  return text.length - at
}

/** Semicolons in the body of a function that begins with `begin atomic` do not end the statement. */
const bodiesAfter = (word: string, first: readonly string[], bodies: number): number => {
  const [create, what] = first.filter((one) => one !== 'or' && one !== 'replace')
  if (create !== 'create' || (what !== 'function' && what !== 'procedure')) return bodies
  if (word === 'begin' || (word === 'case' && bodies > 0)) return bodies + 1
  return word === 'end' && bodies > 0 ? bodies - 1 : bodies
}
