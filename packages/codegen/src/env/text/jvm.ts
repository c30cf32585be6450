import type { EnvUse } from '../../model/env-key.ts'
import type { SourceFile } from '../../model/source-file.ts'
import { nothing, type Reading } from '../reading.ts'
import { java, kotlin } from './lexicons.ts'
import type { Masked } from './mask.ts'
import { type Rule, readByRules, type UseDetails, usedOr } from './rules.ts'

/** Reads `System.getenv("X")` of Java, Kotlin and Scala, Scala's `sys.env`, Spring's `@Value("${X}")`. */
export const readJvm = (file: SourceFile): Reading =>
  readByRules(file, file.path.endsWith('.java') ? java : kotlin, () => rules, annotated)

/** Reads `${X:default}` in Spring's `application.yml` and `application.properties`. */
export const readSpringConfig = ({ path, text }: SourceFile): Reading => ({
  ...nothing,
  uses: placeholdersIn(text.replace(/(^|\s)[#!].*$/gm, '')).map(
    (use): EnvUse => ({ ...use, file: path }),
  ),
})

const orElse = /^\s*\)\s*\?:/

const rules: readonly Rule[] = [
  { before: /\bSystem\.getenv\(/g, details: usedOr(orElse) },
  { before: /\bSystem\.getenv\(\)\s*(?:\.get\(|\[)/g, details: usedOr(orElse) },
  {
    before: /\b(?:System\.getenv\(\)\s*\.getOrDefault|sys\.env\.getOrElse)\(/g,
    details: usedOr(/^\s*,/),
  },
  { before: /\bsys\.env(?:\.get|\.contains|\.apply)?\(/g },
]

const annotated = ({ code, text }: Masked): readonly (UseDetails & { readonly name: string })[] =>
  [...code.matchAll(/@Value\(\s*(?:value\s*=\s*)?"(\0+)"/g)].flatMap((match) => {
    const end = match.index + match[0].length - 1
    return placeholdersIn(text.slice(end - (match[1]?.length ?? 0), end))
  })

/** Upper-case names only: lower-case ones are properties, not variables. */
const placeholdersIn = (text: string): readonly (UseDetails & { readonly name: string })[] =>
  [...text.matchAll(/\$\{([A-Z][A-Z0-9_]*)\s*([:}])/g)].map(([, name = '', next]) => ({
    name,
    origin: 'use',
    ...(next === ':' ? { hasDefault: true } : {}),
  }))
