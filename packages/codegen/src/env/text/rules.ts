import type { EnvUse } from '../../model/env-key.ts'
import type { SourceFile } from '../../model/source-file.ts'
import { dynamicNames, type Reading } from '../reading.ts'
import { type Lexicon, type Masked, mask } from './mask.ts'

/** What a rule finds out about a variable, without its name and file. */
export type UseDetails = Omit<EnvUse, 'name' | 'file'>

/** One way to read a variable in a language. */
export interface Rule {
  /** Global pattern for masked code; its match ends where the argument with the name starts. */
  readonly before: RegExp
  /** Returns the details from the code after the name; `undefined` if it is an assignment or not a variable. */
  readonly details?: (rest: string, name: string) => UseDetails | undefined
}

/**
 * Reads a file by rules. The argument after `before` is a string, a constant of the same file, or a name that is only
 * known at run time.
 */
export const readByRules = (
  { path, text }: SourceFile,
  lexicon: Lexicon,
  rules: (masked: Masked) => readonly Rule[],
  more: (masked: Masked) => readonly (UseDetails & { readonly name: string })[] = () => [],
): Reading => {
  const masked = mask(text, lexicon)
  const constants = constantsIn(masked)
  const uses: EnvUse[] = more(masked).map((use) => ({ ...use, file: path }))
  let isDynamic = false
  for (const { before, details = used } of rules(masked))
    for (const match of masked.code.matchAll(before)) {
      const at = match.index + match[0].length
      const found = nameAt(masked, at, constants)
      if (found === 'dynamic') isDynamic = true
      else if (found !== undefined) {
        const use = details(masked.code.slice(found.end, found.end + 400), found.name)
        if (use !== undefined) uses.push({ name: found.name, ...use, file: path })
      }
    }
  return {
    uses,
    troubles: isDynamic ? [dynamicNames(path, literalsIn(masked))] : [],
  }
}

/** Returns the details of a plain read. */
export const used = (): UseDetails => ({ origin: 'use' })

/** Creates a function for reads that have a default if `fallback` matches the code after the name. */
export const usedOr =
  (fallback: RegExp) =>
  (rest: string): UseDetails => ({
    origin: 'use',
    ...(fallback.test(rest) ? { hasDefault: true } : {}),
  })

/** Creates a function like {@link usedOr} that ignores assignments. */
export const unlessAssigned =
  (close: string, fallback: RegExp) =>
  (rest: string): UseDetails | undefined =>
    new RegExp(`^\\s*${close}\\s*=(?![=~>])`).test(rest) ? undefined : usedOr(fallback)(rest)

/** Returns the code up to the closing bracket of the current call. */
export const argumentsIn = (rest: string): string => {
  let depth = 0
  for (let at = 0; at < rest.length; at++) {
    if ('([{'.includes(rest[at] ?? '')) depth++
    else if (')]}'.includes(rest[at] ?? '') && --depth < 0) return rest.slice(0, at)
  }
  return rest
}

/** Returns the contents of all strings. */
export const literalsIn = ({ text, strings }: Masked): readonly string[] =>
  strings.map(({ from, to }) => text.slice(from, to))

const nameAt = (
  masked: Masked,
  start: number,
  constants: ReadonlyMap<string, string>,
): { readonly name: string; readonly end: number } | 'dynamic' | undefined => {
  const rest = masked.code.slice(start, start + 300)
  const quoted = /^\s*(["'`])(\0+)\1/.exec(rest)
  if (quoted !== null) {
    const end = start + quoted[0].length
    const [, , content = ''] = quoted
    // `'MAIL_' . $name`: only part of the name.
    if (/^\s*[.+%](?!\w)/.test(masked.code.slice(end, end + 20))) return 'dynamic'
    return { name: masked.text.slice(end - 1 - content.length, end - 1), end }
  }
  const word = /^\s*\$?([A-Za-z_][\w.]*)(?=\s*[,)\]])/.exec(rest)
  const constant = word?.[1] === undefined ? undefined : constants.get(word[1])
  if (word !== null && constant !== undefined)
    return { name: constant, end: start + word[0].length }
  // No argument: returns all variables, and reads none by name.
  return /^\s*[)\]]|^\s*$/.test(rest) ? undefined : 'dynamic'
}

/** Constants that contain names: `KEY = "X"`, `const key string = "X"`. */
const constantsIn = ({ code, text }: Masked): ReadonlyMap<string, string> => {
  const names = [
    ...code.matchAll(
      /(?<![\w.$])\$?([A-Za-z_]\w*)(?:\s*:\s*\w+|\s+string)?\s*:?=\s*(["'`])(\0+)\2(?=\s*(?:[;,)\n]|$))/g,
    ),
  ].map((match): [string, string] => {
    const end = match.index + match[0].length - 1
    return [match[1] ?? '', text.slice(end - (match[3]?.length ?? 0), end)]
  })
  // Other strings are defaults of parameters, or messages.
  return new Map(names.filter(([, value]) => /^[A-Z][A-Z0-9_]*$/.test(value)))
}
