/** The comment and string syntax of a language. All patterns are sticky: they match at one position. */
export interface Lexicon {
  readonly comment: RegExp
  readonly strings: readonly StringSyntax[]
}

/** One kind of string literal. */
export interface StringSyntax {
  readonly open: RegExp
  /** Returns the pattern of the end, from the match of the start. */
  readonly close: (open: RegExpExecArray) => RegExp
  /** Whether a backslash escapes the next character. */
  readonly escapes: boolean
  /** Starts interpolated code, which ends with `}`. */
  readonly hole?: RegExp
  /** Returns the bracket that can occur in pairs inside, as in `%w[a[0] b]`. */
  readonly nests?: (open: RegExpExecArray) => string
  /** Must match the code before the start; distinguishes a string from an operator. */
  readonly after?: RegExp
}

/**
 * Source code in which only code can match: comments are spaces and string contents are `\0`, at unchanged positions.
 * Delimiters and interpolated code stay.
 */
export interface Masked {
  readonly code: string
  readonly text: string
  /** Strings without interpolation; `from` is inclusive, `to` exclusive. */
  readonly strings: readonly { readonly from: number; readonly to: number }[]
}

/** Returns the text with comments and string contents masked. */
export const mask = (text: string, { comment, strings: syntaxes }: Lexicon): Masked => {
  const code = text.split('')
  const strings: { from: number; to: number }[] = []

  /** Returns the end of the code: the end of the text, or the `}` of an interpolation. */
  const scanCode = (start: number, isHole: boolean): number => {
    let depth = 0
    for (let at = start; at < text.length; ) {
      const end = endOfComment(at) ?? endOfString(at)
      if (end !== undefined) {
        at = end
        continue
      }
      if (text[at] === '{') depth++
      else if (text[at] === '}' && --depth < 0 && isHole) return at
      at++
    }
    return text.length
  }

  const endOfComment = (at: number): number | undefined => {
    const found = matchAt(comment, text, at)
    if (found === undefined) return undefined
    const end = at + found[0].length
    for (let index = at; index < end; index++) if (code[index] !== '\n') code[index] = ' '
    return Math.max(end, at + 1)
  }

  const endOfString = (at: number): number | undefined => {
    for (const syntax of syntaxes) {
      const open = matchAt(syntax.open, text, at)
      if (open === undefined) continue
      if (syntax.after !== undefined && !syntax.after.test(text.slice(Math.max(0, at - 40), at)))
        continue
      return scanString(at + open[0].length, syntax, open)
    }
    return undefined
  }

  const scanString = (from: number, syntax: StringSyntax, open: RegExpExecArray): number => {
    const close = syntax.close(open)
    const nested = syntax.nests?.(open)
    let depth = 0
    let isWhole = true
    for (let at = from; at < text.length; ) {
      const end = matchAt(close, text, at)
      if (end !== undefined && depth-- === 0) {
        if (isWhole) strings.push({ from, to: at })
        return at + end[0].length
      }
      if (text[at] === nested) depth++
      const hole = syntax.hole && matchAt(syntax.hole, text, at)
      if (hole !== undefined) {
        isWhole = false
        at = scanCode(at + hole[0].length, true) + 1
        continue
      }
      const length = syntax.escapes && text[at] === '\\' ? 2 : 1
      for (let index = at; index < at + length; index++) code[index] = '\0'
      at += length
    }
    return text.length
  }

  scanCode(0, false)
  return { code: code.slice(0, text.length).join(''), text, strings }
}

const matchAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | undefined => {
  pattern.lastIndex = at
  return pattern.exec(text) ?? undefined
}
