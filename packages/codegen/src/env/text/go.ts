import type { SourceFile } from '../../model/source-file.ts'
import type { ValueType } from '../../model/value-type.ts'
import { withDoc } from '../doc.ts'
import type { Reading } from '../reading.ts'
import { go } from './lexicons.ts'
import type { Masked } from './mask.ts'
import { type Rule, readByRules, type UseDetails } from './rules.ts'

/** Reads `os.Getenv`, `os.LookupEnv`, and the struct tags of caarlos0/env, envconfig, go-envconfig and cleanenv. */
export const readGo = (file: SourceFile): Reading => readByRules(file, go, () => rules, tagged)

const rules: readonly Rule[] = [{ before: /\b(?:os|syscall)\.(?:Getenv|LookupEnv)\(/g }]

const tagged = (masked: Masked): readonly (UseDetails & { readonly name: string })[] =>
  masked.strings.flatMap(({ from, to }) => {
    const tag = masked.text.slice(from, to)
    if (masked.text[from - 1] !== '`') return []
    const value = valueIn(tag, 'env') ?? valueIn(tag, 'envconfig')
    const [name = '', ...options] = (value ?? '').split(',').map((part) => part.trim())
    if (name === '') return []
    const hasDefault =
      options.some((option) => option.startsWith('default=')) ||
      ['envDefault', 'env-default', 'default'].some((key) => valueIn(tag, key) !== undefined)
    const isRequired =
      options.some((option) => /^(required|notEmpty)$/.test(option)) ||
      ['required', 'env-required'].some((key) => valueIn(tag, key) === 'true')
    const type = typeOf(masked.code.slice(masked.code.lastIndexOf('\n', from) + 1, from - 1))
    return [
      {
        name,
        origin: 'schema',
        required: isRequired && !hasDefault,
        hasDefault,
        ...(type === undefined ? {} : { type }),
        ...withDoc(valueIn(tag, 'env-description') ?? valueIn(tag, 'desc')),
      },
    ]
  })

const valueIn = (tag: string, key: string): string | undefined =>
  new RegExp(`(?:^|\\s)${key}:"((?:\\\\.|[^"\\\\])*)"`).exec(tag)?.[1]

/** Type of the struct field that precedes a tag. */
const typeOf = (line: string): ValueType | undefined => {
  const name = /\s\*?([\w.]+)\s*$/.exec(line)?.[1]
  if (name === undefined) return undefined
  if (/^(u?int(8|16|32|64)?|float(32|64))$/.test(name)) return { kind: 'number' }
  if (name === 'bool') return { kind: 'boolean' }
  return name === 'string' || name === 'time.Duration' ? { kind: 'string' } : undefined
}
