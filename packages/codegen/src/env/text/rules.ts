import type { EnvUse } from '../../model/env-key.ts'
import type { SourceFile } from '../../model/source-file.ts'
import { dynamicNames, type Reading } from '../reading.ts'
import { type Lexicon, type Masked, mask } from './mask.ts'

/** Said of a variable beside its name and file. */
export type Said = Omit<EnvUse, 'name' | 'file'>

/** One way in which a language reads a variable. */
export interface Rule {
  /** Matched in masked code, global; ends where the name's argument begins. */
  readonly before: RegExp
  /** What may follow the name; `undefined` drops it: it is written, or no variable. */
  readonly said?: (rest: string, name: string) => Said | undefined
}

/**
 * Reads a text by rules. The argument behind `before` is a string, a constant of the same file, or something that
 * only the running program knows.
 */
export const readByRules = (
  { path, text }: SourceFile,
  lexicon: Lexicon,
  rules: (masked: Masked) => readonly Rule[],
  more: (masked: Masked) => readonly (Said & { readonly name: string })[] = () => [],
): Reading => {
  const masked = mask(text, lexicon)
  const constants = constantsIn(masked)
  const uses: EnvUse[] = more(masked).map((use) => ({ ...use, file: path }))
  let isDynamic = false
  for (const { before, said = used } of rules(masked))
    for (const match of masked.code.matchAll(before)) {
      const at = match.index + match[0].length
      const found = nameAt(masked, at, constants)
      if (found === 'dynamic') isDynamic = true
      else if (found !== undefined) {
        const what = said(masked.code.slice(found.end, found.end + 400), found.name)
        if (what !== undefined) uses.push({ name: found.name, ...what, file: path })
      }
    }
  return {
    uses,
    troubles: isDynamic ? [dynamicNames(path, literalsIn(masked))] : [],
  }
}

/** A plain read; with `pattern` before it, one that has a value of its own when there is none. */
export const used = (): Said => ({ origin: 'use' })

export const usedOr =
  (fallback: RegExp) =>
  (rest: string): Said => ({ origin: 'use', ...(fallback.test(rest) ? { hasDefault: true } : {}) })

/** Not a read when it is assigned to. */
export const unlessAssigned =
  (close: string, fallback: RegExp) =>
  (rest: string): Said | undefined =>
    new RegExp(`^\\s*${close}\\s*=(?![=~>])`).test(rest) ? undefined : usedOr(fallback)(rest)

/** Arguments behind the place where a call's first one ends, up to its closing bracket. */
export const argumentsIn = (rest: string): string => {
  let depth = 0
  for (let at = 0; at < rest.length; at++) {
    if ('([{'.includes(rest[at] ?? '')) depth++
    else if (')]}'.includes(rest[at] ?? '') && --depth < 0) return rest.slice(0, at)
  }
  return rest
}

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
    // `'MAIL_' . $name`: the name goes on.
    if (/^\s*[.+%](?!\w)/.test(masked.code.slice(end, end + 20))) return 'dynamic'
    return { name: masked.text.slice(end - 1 - content.length, end - 1), end }
  }
  const word = /^\s*\$?([A-Za-z_][\w.]*)(?=\s*[,)\]])/.exec(rest)
  const constant = word?.[1] === undefined ? undefined : constants.get(word[1])
  if (word !== null && constant !== undefined)
    return { name: constant, end: start + word[0].length }
  // Without an argument it is all of them.
  return /^\s*[)\]]|^\s*$/.test(rest) ? undefined : 'dynamic'
}

/** `KEY = "X"`, `const key string = "X"`: names for names. */
const constantsIn = ({ code, text }: Masked): ReadonlyMap<string, string> => {
  const names = [
    ...code.matchAll(
      /(?<![\w.$])\$?([A-Za-z_]\w*)(?:\s*:\s*\w+|\s+string)?\s*:?=\s*(["'`])(\0+)\2(?=\s*(?:[;,)\n]|$))/g,
    ),
  ].map((match): [string, string] => {
    const end = match.index + match[0].length - 1
    return [match[1] ?? '', text.slice(end - (match[3]?.length ?? 0), end)]
  })
  // Any other text is a default of a parameter or a message.
  return new Map(names.filter(([, value]) => /^[A-Z][A-Z0-9_]*$/.test(value)))
}
