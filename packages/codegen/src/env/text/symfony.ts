import type { EnvUse } from '../../model/env-key.ts'
import type { SourceFile } from '../../model/source-file.ts'
import type { ValueType } from '../../model/value-type.ts'
import { nothing, type Reading } from '../reading.ts'
import type { UseDetails } from './rules.ts'

type Named = UseDetails & { readonly name: string }

/** Reads `%env(int:PORT)%` and `env(PORT): 80` in the configuration of Symfony, YAML and XML. */
export const readSymfonyConfig = ({ path, text }: SourceFile): Reading => {
  const code = path.endsWith('.xml')
    ? text.replace(/<!--[\s\S]*?-->/g, '')
    : text.replace(/(^|\s)#.*$/gm, '')
  const defaults = [
    ...code.matchAll(/^\s*(?:<parameter key=)?["']?env\((\w+)\)["']?\s*[:>]/gm),
  ].map(([, name = '']): Named => ({ name, origin: 'use', hasDefault: true }))
  const uses = [...placeholdersIn(code), ...defaults].map((use): EnvUse => ({ ...use, file: path }))
  return { ...nothing, uses }
}

/** Returns the variables in `%env(…)%` placeholders. */
export const placeholdersIn = (text: string): readonly Named[] =>
  [...text.matchAll(/%env\(([^()%]+)\)%/g)].flatMap(([, inside = '']) => envExpression(inside))

/** Returns the variable of `default:fallback:int:PORT`: the name is last, after the processors. */
export const envExpression = (expression: string): readonly Named[] => {
  const parts = expression.split(':')
  const name = parts.pop() ?? ''
  if (!/^\w+$/.test(name)) return []
  const hasDefault = parts.includes('default')
  const makers = parts.filter(
    (part, index) =>
      part !== 'default' &&
      parts[index - 1] !== 'default' &&
      !/^(string|trim|resolve|require)$/.test(part),
  )
  const type = makers.length === 1 ? kinds.get(makers[0] ?? '') : undefined
  return [
    {
      name,
      origin: 'use',
      ...(hasDefault ? { hasDefault } : {}),
      ...(type === undefined ? {} : { type }),
    },
  ]
}

const kinds: ReadonlyMap<string, ValueType> = new Map([
  ['int', { kind: 'number' }],
  ['float', { kind: 'number' }],
  ['bool', { kind: 'boolean' }],
  ['not', { kind: 'boolean' }],
])
