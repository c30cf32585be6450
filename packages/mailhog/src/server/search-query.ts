import { searchDate } from './search-date.ts'

/** One condition of a query. */
export interface Term {
  /** Whether mails that meet it are left out. */
  readonly excluded: boolean
  readonly condition: Condition
}

/** Where a text of a query is looked for. */
export type TextFilter =
  | 'to'
  | 'from'
  | 'cc'
  | 'bcc'
  | 'reply-to'
  | 'addressed'
  | 'subject'
  | 'message-id'
  | 'tag'

/** What a mail must be, or have. */
export type Condition =
  | { readonly kind: 'text'; readonly in: TextFilter | 'anywhere'; readonly text: string }
  | { readonly kind: 'state'; readonly is: 'read' | 'unread' | 'tagged' | 'attachment' | 'inline' }
  | { readonly kind: 'after' | 'before'; readonly time: Date }
  | { readonly kind: 'larger' | 'smaller'; readonly bytes: number }

/**
 * Returns the conditions of a query in Mailpit's language: words, `"several words"`, filters such as `to:ann` or
 * `subject:"sign up"`, `-` or `!` before any of them. All must be met.
 *
 * @param zone IANA name of the zone of dates.
 * @throws {RangeError} with all faults: filters that are not known, and values that they do not take. Mailpit ignores some
 * of them and looks for the others as words, both of which finds, and deletes, other mail than was meant.
 */
export const readQuery = (query: string, zone?: string): Term[] => {
  const faults: string[] = []
  const terms = wordsOf(query).flatMap((word) => {
    try {
      return termOf(word, zone)
    } catch (error) {
      faults.push((error as Error).message)
      return []
    }
  })
  if (terms.length === 0 && faults.length === 0) faults.push('no search query')
  if (faults.length > 0) throw new RangeError(faults.join('; '))
  return terms
}

/** Returns text as it is compared: in lower case, without the characters that Mailpit does not compare. */
export const comparable = (text: string): string =>
  text
    .replace(/[\s<>",;()\ufeff]+/g, ' ')
    .trim()
    .toLowerCase()

// ---

interface Word {
  readonly text: string
  /** Whether its first character, apart from `-` and `!`, is a quote. */
  readonly quoted: boolean
}

const wordsOf = (query: string): Word[] =>
  [...query.matchAll(/(?:"[^"]*(?:"|$)|[^\s"])+/g)].map(([word]) => ({
    text: word.replaceAll('"', '').trim(),
    quoted: /^[-!]?"/.test(word),
  }))

const textFilters: readonly string[] = [
  'to',
  'from',
  'cc',
  'bcc',
  'reply-to',
  'addressed',
  'subject',
  'message-id',
  'tag',
] satisfies readonly TextFilter[]
const filters = [...textFilters, 'is', 'has', 'after', 'before', 'larger', 'smaller']

const termOf = ({ text, quoted }: Word, zone: string | undefined): Term[] => {
  if (comparable(text) === '') return []
  const excluded = /^[-!]./.test(text)
  const word = excluded ? text.slice(1) : text
  const [, name, value = ''] = /^([a-z-]+):(?!\/\/)(.*)$/is.exec(word) ?? []
  const filter = name?.toLowerCase()
  if (filter === undefined || (quoted && !filters.includes(filter)))
    return [{ excluded, condition: { kind: 'text', in: 'anywhere', text: comparable(word) } }]
  return [{ excluded, condition: conditionOf(filter, value.trim(), zone) }]
}

const conditionOf = (filter: string, value: string, zone: string | undefined): Condition => {
  if (!filters.includes(filter))
    throw new RangeError(
      `unknown filter "${filter}:"; known are ${filters.map((one) => `${one}:`).join(' ')}; quote the word to search for it as text`,
    )
  if (comparable(value) === '') throw new RangeError(`the filter "${filter}:" has no value`)
  const lower = value.toLowerCase()
  switch (filter) {
    case 'is':
      if (lower === 'read' || lower === 'unread' || lower === 'tagged')
        return { kind: 'state', is: lower }
      throw new RangeError(`"is:${value}" must be is:read, is:unread or is:tagged`)
    case 'has':
      if (/^attachments?$/.test(lower)) return { kind: 'state', is: 'attachment' }
      if (/^inlines?$/.test(lower)) return { kind: 'state', is: 'inline' }
      throw new RangeError(`"has:${value}" must be has:attachment or has:inline`)
    case 'after':
    case 'before':
      return { kind: filter, time: searchDate(value, zone) }
    case 'larger':
    case 'smaller':
      return { kind: filter, bytes: bytesOf(value) }
    default:
      return { kind: 'text', in: filter as TextFilter, text: comparable(value) }
  }
}

const units: Readonly<Record<string, number>> = {
  '': 1,
  b: 1,
  k: 1024,
  kb: 1024,
  m: 1024 * 1024,
  mb: 1024 * 1024,
}

const bytesOf = (size: string): number => {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s?([a-z]{0,2})$/i.exec(size) ?? []
  const bytes = Math.floor(Number(number) * (units[unit.toLowerCase()] ?? Number.NaN))
  if (number === '' || !(bytes > 0))
    throw new RangeError(`"${size}" is not a size, such as 500, 20kb or 1.5m`)
  return bytes
}
