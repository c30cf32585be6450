import type { EnvUse } from '../model/env-key.ts'
import type { SourceFile } from '../model/source-file.ts'
import { docOf, tells } from './doc.ts'
import { isEnvName } from './names.ts'
import { nothing, type Reading } from './reading.ts'

/** Names and comments of a `.env.example`. `# KEY=` is a name too: one that may be left out. */
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

/** Commented out only without spaces round the `=`, or every sentence with one would be a variable. */
const assignment =
  /^(?:(?:export\s+)?|#\s*(?:export\s+)?(?=[A-Z][A-Z0-9_]*=))(?<name>[A-Za-z_][\w.]*)\s*=(?<rest>.*)$/

/** A quoted value may go on over lines; what follows it, or an open one, after ` #` is a comment. */
const endOfValue = (
  lines: readonly string[],
  start: number,
  rest: string,
): { readonly line: number; readonly value: string; readonly comment: string } => {
  const text = rest.trimStart()
  const quote = text[0]
  const isQuoted = quote === '"' || quote === "'" || quote === '`'
  // One that is commented out ends on its line: the apostrophe may be that of a sentence.
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

/** A comment that repeats a value tells it. */
const withoutValues = (use: EnvUse, values: readonly string[]): EnvUse => {
  const { doc, ...rest } = use
  return doc === undefined || tells(doc, values) ? rest : use
}
