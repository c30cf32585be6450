import type { ValueType } from '../../model/value-type.ts'
import type { Masked } from './mask.ts'
import { argumentsIn, type Rule, type UseDetails } from './rules.ts'

/**
 * Returns rules for functions that read, check and cast one variable: `config('X', cast=int)` of python-decouple,
 * `env('X')` and `env.int('X')` of django-environ and environs. They fail if there is neither value nor default.
 */
export const envObjectRules = (masked: Masked): readonly Rule[] => [
  ...decoupleNames(masked).map((name) => ({
    before: new RegExp(`(?<![\\w.])${name}\\(`, 'g'),
    details: (rest: string) => checked(rest, castIn(rest), /\bdefault\s*=/),
  })),
  ...envNames(masked).flatMap((name) => [
    {
      before: new RegExp(`(?<![\\w.])${name}\\((?=\\s*["'])`, 'g'),
      details: (rest: string) => checked(rest, castIn(rest), /\bdefault\s*=/),
    },
    ...[...kinds].map(([method, type]) => ({
      before: new RegExp(`(?<![\\w.])${name}\\.${method}\\(`, 'g'),
      // The second argument is the default, positional or by name.
      details: (rest: string) => checked(rest, type, /\bdefault\s*=|^\s*,\s*(?!\w+\s*=)\S/),
    })),
  ]),
]

/** Returns the types and defaults of `environ.Env(DEBUG=(bool, False))`. */
export const schemeOf = (masked: Masked): readonly (UseDetails & { readonly name: string })[] =>
  [...masked.code.matchAll(/\bEnv\(/g)].flatMap((match) => {
    const inside = argumentsIn(masked.code.slice(match.index + match[0].length))
    return [
      ...inside.matchAll(/\b(\w+)\s*=\s*\(\s*(\w+)\s*(,)?|\b(\w+)\s*=\s*(str|int|float|bool)\b/g),
    ].map(([, inTuple, cast, comma, alone, kind]) => {
      const type = kinds.get(cast ?? kind ?? '')
      return {
        name: inTuple ?? alone ?? '',
        origin: 'schema',
        hasDefault: comma !== undefined,
        ...(type === undefined ? {} : { type }),
      } as const
    })
  })

const decoupleNames = ({ code }: Masked): readonly string[] =>
  [...code.matchAll(/^[ \t]*from\s+decouple\s+import\s+([^\n]+)/gm)].flatMap(([, list = '']) =>
    [...list.matchAll(/\bconfig\b(?:\s+as\s+(\w+))?/g)].map(([, alias]) => alias ?? 'config'),
  )

const envNames = ({ code }: Masked): readonly string[] => [
  ...new Set([
    ...[...code.matchAll(/^[ \t]*(\w+)\s*(?::[^=\n]+)?=\s*(?:\w+\.)?(?:Env|FileAwareEnv)\(/gm)].map(
      ([, name = '']) => name,
    ),
    ...(/^[ \t]*from\s+environs\s+import\s+[^\n]*\benv\b/m.test(code) ? ['env'] : []),
  ]),
]

const checked = (rest: string, type: ValueType | undefined, fallback: RegExp): UseDetails => {
  const hasDefault = fallback.test(argumentsIn(rest))
  return {
    origin: 'schema',
    required: !hasDefault,
    hasDefault,
    ...(type === undefined ? {} : { type }),
  }
}

const castIn = (rest: string): ValueType | undefined => {
  const cast = /\bcast\s*=\s*(\w+)/.exec(argumentsIn(rest))?.[1]
  return cast === undefined ? { kind: 'string' } : kinds.get(cast)
}

const kinds: ReadonlyMap<string, ValueType> = new Map(
  Object.entries({
    number: 'int float decimal',
    boolean: 'bool',
    string:
      'str url path db db_url dj_db_url cache cache_url email email_url search_url channels uuid date datetime json list dict tuple timedelta log_level bytes multiline',
  }).flatMap(([kind, names]) =>
    names.split(' ').map((name) => [name, { kind: kind as 'number' | 'boolean' | 'string' }]),
  ),
)
