import type { EnvUse } from '../model/env-key.ts'
import type { SourceFile } from '../model/source-file.ts'
import { docOf, repeatsValue } from './doc.ts'
import { isEnvName } from './names.ts'
import { nothing, type Reading } from './reading.ts'

/** Reads names and comments of a `.env.example`. `# KEY=` counts too, as an optional variable. */
export const readExample = ({ path, text }: SourceFile): Reading => {
  const uses: EnvUse[] = []
  const values: string[] = []
  let above: string[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]?.trim() ?? ''
    const found = assignment.exec(line)
    if (found?.groups === undefined) {
      above = line.startsWith('#') ? [...above, line.replace(/^#+\s?/, '')] : []
      continue
    }
    const { name = '', rest = '' } = found.groups
    const end = endOfValue(lines, at, rest)
    values.push(end.value)
    const doc = docOf([...above, end.comment].join('\n'))
    if (isEnvName(name))
      uses.push({ name, origin: 'example', file: path, ...(doc === undefined ? {} : { doc }) })
    above = []
    at = end.line
  }
  return { ...nothing, uses: uses.map((use) => withoutValues(use, values)) }
}

/** Commented-out names must have no spaces around `=`; otherwise sentences would match. */
const assignment =
  /^(?:(?:export\s+)?|#\s*(?:export\s+)?(?=[A-Z][A-Z0-9_]*=))(?<name>[A-Za-z_][\w.]*)\s*=(?<rest>.*)$/

/** A quoted value can span lines; a ` #` after it, or after an unquoted value, starts a comment. */
const endOfValue = (
  lines: readonly string[],
  start: number,
  rest: string,
): { readonly line: number; readonly value: string; readonly comment: string } => {
  const text = rest.trimStart()
  const quote = text[0]
  const isQuoted = quote === '"' || quote === "'" || quote === '`'
  // A commented-out value ends with its line: the quote can be an apostrophe.
  const last = lines[start]?.trimStart().startsWith('#') ? start : lines.length - 1
  for (let line = start, value = ''; isQuoted && line <= last; line++) {
    const part = line === start ? text.slice(1) : (lines[line] ?? '')
    const close = quote === '"' ? part.search(/(?<!\\)"/) : part.indexOf(quote)
    value += `${part.slice(0, close < 0 ? undefined : close)}\n`
    if (close >= 0)
      return { line, value, comment: /^\s*#\s*(.*)$/.exec(part.slice(close + 1))?.[1] ?? '' }
  }
  const comment = /(?:^|\s)#\s*(.*)$/.exec(rest)
  return { line: start, value: rest.slice(0, comment?.index), comment: comment?.[1] ?? '' }
}

/** Drops a doc that repeats a value, which can be a secret. */
const withoutValues = (use: EnvUse, values: readonly string[]): EnvUse => {
  const { doc, ...rest } = use
  return doc === undefined || repeatsValue(doc, values) ? rest : use
}
