/** How a language writes comments and strings. All patterns are sticky: they are tried at one place. */
export interface Lexicon {
  readonly comment: RegExp
  readonly strings: readonly StringForm[]
}

export interface StringForm {
  readonly open: RegExp
  /** By what was matched as its opening. */
  readonly close: (open: RegExpExecArray) => RegExp
  /** A backslash takes the next character along. */
  readonly escapes: boolean
  /** Opens code inside the string, which ends with `}`. */
  readonly hole?: RegExp
  /** Brackets that the string may hold in pairs, as `%w[a[0] b]`. */
  readonly nests?: (open: RegExpExecArray) => string
  /** Whether what looks like an opening is one, by the code before it. */
  readonly after?: RegExp
}

/**
 * A text in which nothing but code can be found: comments are blanks and what strings hold is `\0`, at the same places
 * as before. Delimiters stay, and code inside of strings is code.
 */
export interface Masked {
  readonly code: string
  readonly text: string
  /** Strings without a hole, from the first character inside to the first behind. */
  readonly strings: readonly { readonly from: number; readonly to: number }[]
}

export const mask = (text: string, { comment, strings: forms }: Lexicon): Masked => {
  const code = text.split('')
  const strings: { from: number; to: number }[] = []

  /** @returns where the code ends: behind the text, or at a `}` of a hole. */
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
    for (const form of forms) {
      const open = matchAt(form.open, text, at)
      if (open === undefined) continue
      if (form.after !== undefined && !form.after.test(text.slice(Math.max(0, at - 40), at)))
        continue
      return scanString(at + open[0].length, form, open)
    }
    return undefined
  }

  const scanString = (from: number, form: StringForm, open: RegExpExecArray): number => {
    const close = form.close(open)
    const nested = form.nests?.(open)
    let depth = 0
    let isWhole = true
    for (let at = from; at < text.length; ) {
      const end = matchAt(close, text, at)
      if (end !== undefined && depth-- === 0) {
        if (isWhole) strings.push({ from, to: at })
        return at + end[0].length
      }
      if (text[at] === nested) depth++
      const hole = form.hole && matchAt(form.hole, text, at)
      if (hole !== undefined) {
        isWhole = false
        at = scanCode(at + hole[0].length, true) + 1
        continue
      }
      const length = form.escapes && text[at] === '\\' ? 2 : 1
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
