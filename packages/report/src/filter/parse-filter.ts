import type { LogLevel } from '../../../../src/report/source.ts'
import type { Choice, Filter } from './filter.ts'

/**
 * Parses the grammar of the search field:
 *
 * - `s:failed`, `file:orders`, `svc:api,worker`, `lane:lane_1`, `lvl:error` limit what is shown;
 * - `text` and `"more words"` must be there, `/expression/` must match; letters of either case match;
 * - `!` before any of them excludes.
 *
 * Never throws: what it does not understand is in `faults` and limits nothing.
 */
export const parseFilter = (text: string): Filter => {
  const draft: Draft = {
    outcomes: [],
    files: [],
    services: [],
    lanes: [],
    levels: [],
    include: [],
    exclude: [],
    faults: [],
  }
  for (const token of tokensOf(text)) add(draft, token)
  return draft
}

/** Returns the text of a filter with one `key:value` more, or without it if it was there. */
export const toggleTerm = (text: string, key: string, value: string): string => {
  const term = `${key}:${/[\s,"]/.test(value) ? JSON.stringify(value) : value}`
  const rest = words(text)
  return (rest.includes(term) ? rest.filter((word) => word !== term) : [...rest, term]).join(' ')
}

// ---

type Draft = { -readonly [Key in keyof Filter]: Filter[Key][number][] }

interface Token {
  readonly not: boolean
  readonly key?: string
  readonly value: string
  readonly form: 'word' | 'quoted' | 'expression'
}

const pattern = /!?(?:[a-z]+:)?(?:"(?:[^"\\]|\\.)*"|\/(?:[^/\\\s]|\\.|\s(?=[^\s]*\/))+\/|\S+)/gi

const words = (text: string): string[] => text.match(pattern) ?? []

const tokensOf = (text: string): Token[] =>
  words(text).flatMap((word): Token[] => {
    const not = word.startsWith('!')
    const rest = not ? word.slice(1) : word
    if (rest === '') return []
    const [, key, value = rest] = /^([a-z]+):(?!\/\/)(.*)$/is.exec(rest) ?? []
    // A word with a colon in it, such as `Error:`, is a text unless its key is known.
    const known = key !== undefined && keys.has(key.toLowerCase())
    const body = known ? value : rest
    const form =
      /^"[\s\S]*"$/.test(body) && body.length > 1
        ? 'quoted'
        : !known && /^\/.+\/$/s.test(body)
          ? 'expression'
          : 'word'
    const bare = form === 'word' ? body : body.slice(1, -1)
    const unescaped = form === 'quoted' ? bare.replace(/\\(.)/g, '$1') : bare
    return [{ not, ...(known ? { key: key.toLowerCase() } : {}), value: unescaped, form }]
  })

const keys: ReadonlyMap<string, 'outcomes' | 'files' | 'services' | 'lanes' | 'levels'> = new Map([
  ['s', 'outcomes'],
  ['status', 'outcomes'],
  ['file', 'files'],
  ['f', 'files'],
  ['svc', 'services'],
  ['service', 'services'],
  ['lane', 'lanes'],
  ['lvl', 'levels'],
  ['level', 'levels'],
])

const outcomes = ['failed', 'passed', 'skipped', 'flaky', 'unfinished']
const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

const add = (draft: Draft, { key, value, not, form }: Token): void => {
  const part = key === undefined ? undefined : keys.get(key)
  if (part === undefined) {
    const wanted = form === 'expression' ? expressionOf(draft, value) : value
    if (wanted !== undefined && wanted !== '') (not ? draft.exclude : draft.include).push(wanted)
    return
  }
  for (const each of form === 'quoted' ? [value] : value.split(',')) {
    if (each === '') continue
    if (part === 'outcomes') choose(draft, draft.outcomes, 'an outcome', outcomes, each, not)
    else if (part === 'levels')
      choose(draft, draft.levels as Choice[], 'a level', levels, each, not)
    else draft[part].push({ value: each, not })
  }
}

const expressionOf = (draft: Draft, source: string): RegExp | undefined => {
  try {
    return new RegExp(source, 'i')
  } catch {
    draft.faults.push(`/${source}/ is not a regular expression`)
    return undefined
  }
}

/** The beginning of a name is enough: `s:fail`, `lvl:err`. */
const choose = (
  draft: Draft,
  choices: Choice[],
  what: string,
  known: readonly string[],
  value: string,
  not: boolean,
): void => {
  const found = known.find((name) => name.startsWith(value.toLowerCase()))
  if (found !== undefined) choices.push({ value: found, not })
  else draft.faults.push(`${value} is not ${what}: ${known.join(', ')}`)
}
