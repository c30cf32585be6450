/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In upper case: `FROM`. */
  readonly name: string
  /** The rest, on one line. */
  readonly rest: string
  /** Number of its first line, from 1 on. */
  readonly line: number
  /** Number of its last line, without here-documents. */
  readonly lastLine: number
  /** Whether a here-document belongs to it. */
  readonly hereDocument: boolean
}

/** Returns the instructions of a Dockerfile, without comments; continued lines are joined, here-documents left out. */
export const instructionsOf = (dockerfile: string): Instruction[] => {
  const lines = dockerfile.split(/\r?\n/)
  // After another one the character is itself.
  const continued =
    directivesOf(lines).get('escape')?.value === '`' ? /(?<!`)`[ \t]*$/ : /(?<!\\)\\[ \t]*$/
  const found: Instruction[] = []
  for (let at = 0; at < lines.length; at++) {
    let text = ''
    let first = at
    let more = true
    for (; more && at < lines.length; at++) {
      const line = lines[at] as string
      // Comments and empty lines do not end an instruction.
      if (comment.test(line) || (text !== '' && line.trim() === '')) continue
      if (text === '') first = at
      more = continued.test(line)
      text += more ? `${line.replace(continued, '')} ` : line
    }
    at--
    const [, name, rest = ''] = /^\s*([a-z]+)\s*(.*)$/is.exec(text) ?? []
    if (name === undefined) continue
    const [, inner = name] = /^onbuild$/i.test(name) ? (/^([a-z]+)/i.exec(rest) ?? []) : []
    const end = /^(run|copy|add)$/i.test(inner) ? endOfHereDocuments(rest, lines, at) : at
    const hereDocument = end > at
    found.push({
      name: name.toUpperCase(),
      rest: rest.trim(),
      line: first + 1,
      lastLine: at + 1,
      hereDocument,
    })
    at = end
  }
  return found
}

/** A comment at the very start that the builder reads: `# syntax=docker/dockerfile:1`. */
export interface Directive {
  readonly value: string
  /** Number of its line, from 1 on. */
  readonly line: number
}

/** Returns the image of the frontend that a Dockerfile asks for. */
export const syntaxOf = (dockerfile: string): Directive | undefined =>
  directivesOf(dockerfile.split(/\r?\n/)).get('syntax')

/** Replaces `$NAME`, `${NAME}`, `${NAME:-default}` and `${NAME:+other}`, which may nest; an unknown name is empty. */
export const expand = (text: string, values: ReadonlyMap<string, string>): string => {
  let all = text
  // The innermost first: a value may have what looks like a variable, and is not looked at again.
  const kept: string[] = []
  const keep = (value: string): string => `\0${kept.push(value) - 1}\0`
  for (let before = ''; before !== all; ) {
    before = all
    all = all.replaceAll(variable, (_, plain, braced, operator: string | undefined, word = '') => {
      const value = values.get(plain ?? braced)
      const isSet = operator?.startsWith(':') ? Boolean(value) : value !== undefined
      if (operator?.endsWith('+')) return isSet ? word : ''
      return isSet ? keep(value as string) : word
    })
  }
  return restored(all, kept)
}

/** Splits at spaces outside of quotes, and removes the quotes. */
export const wordsOf = (text: string): string[] =>
  rawWordsOf(text).map((word) =>
    word.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_, double, single) =>
      double === undefined ? single : double.replaceAll(/\\(["\\])/g, '$1'),
    ),
  )

/** Returns the flags that an instruction begins with. */
export const flagsOf = (rest: string): readonly string[] => {
  const words = wordsOf(rest)
  const end = words.findIndex((word) => !/^--./s.test(word))
  return end < 0 ? words : words.slice(0, end)
}

// ---

/** Splits at spaces outside of quotes, and keeps the quotes. */
const rawWordsOf = (text: string): string[] =>
  [...text.matchAll(/(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\])+/g)].map(([word]) => word)

const comment = /^\s*#/
const variable = /\$(?:(\w+)|\{(\w+)(?:(:?[-+])([^${}]*))?\})/g

const restored = (text: string, kept: readonly string[]): string =>
  text.replaceAll(/\0(\d+)\0/g, (_, index) => kept[index] ?? '')

const directivesOf = (lines: readonly string[]): ReadonlyMap<string, Directive> => {
  const found = new Map<string, Directive>()
  for (const [at, text] of lines.entries()) {
    // Of a value with more words the first one counts.
    const [, name, value] = /^\s*#\s*(\w+)\s*=\s*(\S+)/.exec(text) ?? []
    if (name === undefined || value === undefined) break
    found.set(name.toLowerCase(), { value, line: at + 1 })
  }
  return found
}

/** Returns the index of the last line of the here-documents that begin at this one. */
const endOfHereDocuments = (rest: string, lines: readonly string[], at: number): number => {
  let end = at
  for (const raw of rawWordsOf(rest)) {
    const [, dash, name = ''] = /^\d*<<(-?)([^<]+)$/s.exec(raw) ?? []
    const word = wordsOf(name)[0]
    if (word === undefined) continue
    const last = lines.findIndex((line, index) => {
      // `<<-` alone allows tabs before the end.
      const text = dash === '-' ? line.replace(/^\t+/, '') : line
      return index > end && text === word
    })
    // Without its end it is an operator of the shell.
    if (last > end) end = last
  }
  return end
}
