import type { ValueType } from '../../model/value-type.ts'
import type { Masked } from './mask.ts'
import { argumentsIn, type UseDetails } from './rules.ts'

/**
 * Returns the fields of `class Settings(BaseSettings)` of pydantic. A variable is named after its field in upper case,
 * with `env_prefix`; nested models are not followed.
 */
export const settingsIn = (masked: Masked): readonly (UseDetails & { readonly name: string })[] =>
  [
    ...masked.code.matchAll(/^([ \t]*)class\s+\w+\(([^)]*\bBaseSettings\b[^)]*)\)\s*:[^\n]*\n/gm),
  ].flatMap((match) => fieldsOf(masked, match.index + match[0].length, match[1]?.length ?? 0))

const fieldsOf = (masked: Masked, from: number, indent: number) => {
  const { code, text } = masked
  const body = bodyAt(code, from, indent)
  const prefix = quotedBehind(masked, /\benv_prefix\s*=\s*/g, from, from + body.length) ?? ''
  const keepsCase = /\bcase_sensitive\s*=\s*True/.test(body)
  const inner = /^[ \t]*/.exec(body)?.[0].length ?? 0
  const field = new RegExp(
    `^[ \\t]{${inner}}([a-zA-Z]\\w*)[ \\t]*:[ \\t]*([^=\\n#]+?)[ \\t]*(=[^\\n]*)?$`,
    'gm',
  )
  return [...body.matchAll(field)].flatMap((match) => {
    const [whole, name = '', annotation = '', assigned] = match
    if (name === 'model_config' || name === 'class' || /\bClassVar\b/.test(annotation)) return []
    const start = from + match.index
    const call = /=\s*Field\(/.exec(whole)
    const inside = call === null ? '' : argumentsIn(code.slice(start + call.index + call[0].length))
    const other =
      call === null
        ? undefined
        : quotedBehind(
            masked,
            /\b(?:validation_alias|alias|env)\s*=\s*/g,
            start,
            start + call.index + call[0].length + inside.length,
          )
    const hasDefault =
      call === null
        ? assigned !== undefined
        : /\bdefault(_factory)?\s*=/.test(inside) || /^\s*(?!\.\.\.|\w+\s*=)\S/.test(inside)
    const type = typeOf(
      text.slice(
        start + whole.indexOf(annotation),
        start + whole.indexOf(annotation) + annotation.length,
      ),
    )
    const own = `${prefix}${name}`
    return [
      {
        name: other ?? (keepsCase ? own : own.toUpperCase()),
        origin: 'schema',
        required: !hasDefault,
        hasDefault,
        ...(type === undefined ? {} : { type }),
      } as const,
    ]
  })
}

/** The class body: more deeply indented lines, and empty ones. */
const bodyAt = (code: string, from: number, indent: number): string => {
  const end = new RegExp(`^[ \\t]{0,${indent}}\\S`, 'gm')
  end.lastIndex = from
  return code.slice(from, end.exec(code)?.index ?? code.length)
}

const quotedBehind = (
  { code, text }: Masked,
  before: RegExp,
  from: number,
  to: number,
): string | undefined => {
  const part = code.slice(from, to)
  for (const match of part.matchAll(before)) {
    const start = match.index + match[0].length
    const quoted = /^["'](\0*)["']/.exec(part.slice(start))
    if (quoted !== null)
      return text.slice(from + start + 1, from + start + 1 + (quoted[1]?.length ?? 0))
  }
  return undefined
}

const typeOf = (annotation: string): ValueType | undefined => {
  const name = annotation
    .replace(/\s/g, '')
    .replace(/^(?:typing\.)?Optional\[(.*)\]$/, '$1')
    .replace(/\|None$|^None\|/, '')
  const literal = /^(?:typing\.)?Literal\[(.*)\]$/.exec(name)?.[1]
  if (literal !== undefined) {
    const values = [...literal.matchAll(/(["'])(.*?)\1/g)].map(([, , value = '']) => value)
    return values.length === literal.split(',').length ? { kind: 'enum', values } : undefined
  }
  if (/^(int|float|PositiveInt|NonNegativeInt|PositiveFloat|Decimal)$/.test(name))
    return { kind: 'number' }
  if (name === 'bool') return { kind: 'boolean' }
  return /^(str|SecretStr|\w*Url|\w*Dsn|Path|EmailStr)$/.test(name) ? { kind: 'string' } : undefined
}
