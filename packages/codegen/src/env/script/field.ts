import { ts } from 'ts-morph'
import type { EnvUse } from '../../model/env-key.ts'
import type { ValueType } from '../../model/value-type.ts'
import { docOf, repeatsValue, withDoc } from '../doc.ts'
import { widened } from '../merge.ts'
import type { Literal } from './literals.ts'

/** A variable as its schema describes it. */
export interface Field {
  /** Absent if the schema's type has no equivalent here. */
  readonly type?: ValueType
  readonly required: boolean
  readonly hasDefault: boolean
  readonly doc?: string
  /** Whether a function has transformed the value, so that later checks do not apply to the variable. */
  readonly isMade?: true
}

/** Fields by name, each with its node, which has the file and the comments. */
export type Fields = ReadonlyMap<string, { readonly field: Field; readonly node: ts.Node }>

/** A field that could not be understood. */
export const unknownField: Field = { required: false, hasDefault: false }

/** Returns the field as optional. */
export const optional = (field: Field): Field => ({ ...field, required: false })

/** Returns the field as optional with a default. */
export const defaulted = (field: Field): Field => ({ ...field, required: false, hasDefault: true })

/** Returns the field with a doc, if there is one. */
export const described = (field: Field, doc: string | undefined): Field => ({
  ...field,
  ...withDoc(doc),
})

/** Returns a field that accepts the values of both. */
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

/** Returns the type of a value that is one of the literals; `undefined` if a string cannot represent them. */
export const typeOfLiterals = (values: readonly Literal[] | undefined): ValueType | undefined => {
  if (values === undefined || values.length === 0) return undefined
  if (values.every((value) => typeof value === 'string')) return { kind: 'enum', values }
  if (values.every((value) => typeof value === 'number')) return { kind: 'number' }
  return values.every((value) => typeof value === 'boolean') ? { kind: 'boolean' } : undefined
}

/**
 * Converts fields to evidence about environment variables.
 *
 * @param fileName returns a file's name relative to the folder that is read.
 */
export const usesOf = (
  fields: Fields,
  fileName: (file: ts.SourceFile) => string,
): readonly EnvUse[] =>
  [...fields].map(([name, { field, node }]) => {
    const { isMade: _, doc: described, ...details } = field
    const doc = described ?? docOf(commentOf(node) ?? '')
    return {
      name,
      origin: 'schema',
      ...details,
      ...(doc === undefined || repeatsValue(doc, literalsIn(node, doc)) ? {} : { doc }),
      file: fileName(node.getSourceFile()),
    }
  })

/** Literals of the definition except the doc itself; one can be a default. */
const literalsIn = (node: ts.Node, doc: string): readonly string[] => {
  const texts: string[] = []
  const visit = (inner: ts.Node): void => {
    if ((ts.isStringLiteralLike(inner) || ts.isNumericLiteral(inner)) && docOf(inner.text) !== doc)
      texts.push(inner.text)
    ts.forEachChild(inner, visit)
  }
  visit(node)
  return texts
}

/** The comment directly above a property, otherwise the one after it on the same line. */
const commentOf = (node: ts.Node): string | undefined => {
  const file = node.getSourceFile()
  const { text } = file
  const ranges = ts.getLeadingCommentRanges(text, node.pos) ?? []
  const above: string[] = []
  let below = node.getStart(file)
  for (const range of ranges.toReversed()) {
    // After an empty line, the comment belongs to a section.
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
