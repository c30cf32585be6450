import { ts } from 'ts-morph'
import type { EnvUse } from '../../model/env-key.ts'
import type { ValueType } from '../../model/value-type.ts'
import { docOf, tells, withDoc } from '../doc.ts'
import { widened } from '../merge.ts'
import type { Literal } from './literals.ts'

/** What a schema says of one variable. */
export interface Field {
  /** Absent where the schema takes what has no type of ours. */
  readonly type?: ValueType
  readonly required: boolean
  readonly hasDefault: boolean
  readonly doc?: string
  /** A function makes something else of it: checks that follow do not speak of the variable. */
  readonly isMade?: true
}

/** Fields by name, with the node that names each: its file and its comments. */
export type Fields = ReadonlyMap<string, { readonly field: Field; readonly node: ts.Node }>

export const unknownField: Field = { required: false, hasDefault: false }

export const optional = (field: Field): Field => ({ ...field, required: false })

export const defaulted = (field: Field): Field => ({ ...field, required: false, hasDefault: true })

export const described = (field: Field, doc: string | undefined): Field => ({
  ...field,
  ...withDoc(doc),
})

/** A value that may be as one or as the other says. */
export const either = (a: Field, b: Field): Field => {
  const { type: _, ...rest } = a
  const doc = a.doc ?? b.doc
  return {
    ...rest,
    required: a.required && b.required,
    hasDefault: a.hasDefault || b.hasDefault,
    ...(a.type === undefined || b.type === undefined ? {} : { type: widened(a.type, b.type) }),
    ...(doc === undefined ? {} : { doc }),
  }
}

/** Type of a value that must be one of these; `undefined` where text cannot stand for them. */
export const typeOfLiterals = (values: readonly Literal[] | undefined): ValueType | undefined => {
  if (values === undefined || values.length === 0) return undefined
  if (values.every((value) => typeof value === 'string')) return { kind: 'enum', values }
  if (values.every((value) => typeof value === 'number')) return { kind: 'number' }
  return values.every((value) => typeof value === 'boolean') ? { kind: 'boolean' } : undefined
}

/** @param fileName names a file relative to the folder that is read. */
export const usesOf = (
  fields: Fields,
  fileName: (file: ts.SourceFile) => string,
): readonly EnvUse[] =>
  [...fields].map(([name, { field, node }]) => {
    const { isMade: _, doc: described, ...said } = field
    const doc = described ?? docOf(commentOf(node) ?? '')
    return {
      name,
      origin: 'schema',
      ...said,
      ...(doc === undefined || tells(doc, literalsBeside(doc, node)) ? {} : { doc }),
      file: fileName(node.getSourceFile()),
    }
  })

/** Texts in the definition: a default can be among them. */
const literalsBeside = (doc: string, node: ts.Node): readonly string[] => {
  const texts: string[] = []
  const visit = (inner: ts.Node): void => {
    if ((ts.isStringLiteralLike(inner) || ts.isNumericLiteral(inner)) && docOf(inner.text) !== doc)
      texts.push(inner.text)
    ts.forEachChild(inner, visit)
  }
  visit(node)
  return texts
}

/** The comment right above a property, else the one behind it on its line. */
const commentOf = (node: ts.Node): string | undefined => {
  const file = node.getSourceFile()
  const { text } = file
  const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? []
  const above: string[] = []
  let below = node.getStart(file)
  for (const range of ranges.toReversed()) {
    // An empty line between: the comment heads a section.
    if (/\n\s*\n/.test(text.slice(range.end, below))) break
    above.unshift(contentOf(text.slice(range.pos, range.end)))
    below = range.pos
  }
  if (above.length > 0) return above.join('\n')
  const end = text[node.end] === ',' ? node.end + 1 : node.end
  return ts
    .getTrailingCommentRanges(text, end)
    ?.map((range) => contentOf(text.slice(range.pos, range.end)))
    .join('\n')
}

const contentOf = (comment: string): string =>
  comment.startsWith('//')
    ? comment.replace(/^\/\/+\s?/, '')
    : comment
        .replace(/^\/\*+|\*+\/$/g, '')
        .split('\n')
        .map((line) => line.replace(/^\s*\*\s?/, ''))
        .join('\n')
