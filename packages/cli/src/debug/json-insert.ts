import { createScanner, type Edit, type Node } from 'jsonc-parser'

/** How a JSON file is formatted. */
export interface JsonFormat {
  /** Line break. */
  readonly eol: string
  /** One step of indentation. */
  readonly indent: string
}

/** Returns how a file is formatted: by the first indented line and the first line break. */
export const formatOf = (text: string): JsonFormat => ({
  eol: /\r?\n/.exec(text)?.[0] ?? '\n',
  indent: /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ',
})

/** Returns the edit that gives a node of a file another value, on lines of its own. */
export const replacement = (
  text: string,
  { offset, length }: Node,
  value: unknown,
  format: JsonFormat,
): Edit => ({
  offset,
  length,
  content: render(value, indentAt(text, offset), format),
})

/**
 * Returns the edits that add a child at the end of an array or object, after a comma and comments that follow the last
 * one on its line. `modify` of jsonc-parser would format the neighbour, too, and move its comment.
 *
 * @param key name of the property, for an object.
 */
export const insertion = (
  text: string,
  parent: Node,
  value: unknown,
  format: JsonFormat,
  key?: string,
): readonly Edit[] => {
  const { eol, indent } = format
  const outer = indentAt(text, parent.offset)
  const children = parent.children ?? []
  const [first, last] = [children[0], children.at(-1)]
  const inner =
    first !== undefined && startsLine(text, first) ? indentAt(text, first.offset) : outer + indent
  const name = key === undefined ? '' : `${JSON.stringify(key)}: `
  const line = `${eol}${inner}${name}${render(value, inner, format)}`
  const end = parent.offset + parent.length - 1
  const isLastLine = (from: number) => !text.slice(from, end).includes('\n')
  const closing = (from: number) => (isLastLine(from) ? eol + outer : '')
  if (last === undefined) {
    const start = parent.offset + 1
    return [{ offset: start, length: 0, content: line + closing(start) }]
  }
  const lastEnd = last.offset + last.length
  const { comma, lineEnd } = whatFollows(text, lastEnd)
  if (comma) return [{ offset: lineEnd, length: 0, content: `${line},${closing(lineEnd)}` }]
  return lineEnd === lastEnd
    ? [{ offset: lastEnd, length: 0, content: `,${line}${closing(lastEnd)}` }]
    : [
        { offset: lastEnd, length: 0, content: ',' },
        { offset: lineEnd, length: 0, content: line + closing(lineEnd) },
      ]
}

// ---

const render = (value: unknown, indentation: string, { eol, indent }: JsonFormat): string =>
  JSON.stringify(value, undefined, indent).split('\n').join(`${eol}${indentation}`)

const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1

/** Returns the white space at the start of the line of an offset. */
const indentAt = (text: string, offset: number): string =>
  /^[ \t]*/.exec(text.slice(lineStart(text, offset), offset))?.[0] ?? ''

const startsLine = (text: string, { offset }: Node): boolean =>
  text.slice(lineStart(text, offset), offset).trim() === ''

/** Looks for a comma after an offset, and where the comma and comments on the same line end. */
const whatFollows = (text: string, offset: number): { comma: boolean; lineEnd: number } => {
  const scanner = createScanner(text, false)
  scanner.setPosition(offset)
  const found = { comma: false, lineEnd: offset }
  let sameLine = true
  for (;;) {
    const kind: number = scanner.scan()
    if (kind === kinds.comma) found.comma = true
    else if (kind === kinds.lineBreak) sameLine = false
    else if (!trivia.has(kind)) return found
    // A comma on a line of its own is the end, too: what follows it is after the comma.
    const isEnd = kind === kinds.comma || (sameLine && comments.has(kind))
    if (isEnd) found.lineEnd = scanner.getTokenOffset() + scanner.getTokenLength()
  }
}

/** `SyntaxKind` of the scanner: an ambient const enum, which single-file compilers cannot read. */
const kinds = { comma: 5, lineComment: 12, blockComment: 13, lineBreak: 14, space: 15 } as const
const comments = new Set<number>([kinds.lineComment, kinds.blockComment])
const trivia = new Set<number>([...comments, kinds.space, kinds.lineBreak])
