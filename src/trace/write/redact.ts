import { formsOf, type SecretForm } from './secret-forms.ts'

/** Replaces every secret by `•••` in what is about to be written, whichever way it is encoded. */
export interface Redactor {
  /** Adds secrets; those of less than 3 characters are ignored. */
  add(secrets: Iterable<string>): void
  /** Returns the text with every secret replaced. */
  text(text: string): string
  /** Returns the text without secrets and, as more may follow, without the beginning of one at its end. */
  unfinished(text: string): string
  /**
   * Returns where to cut a text so that no secret has a part on either side: at most `atMost`, except in a secret
   * that is longer than that.
   */
  cutBefore(text: string, atMost: number): number
  /** Number of characters of the longest form of a secret: what must follow a cut to see a secret across it. */
  readonly longest: number
  /**
   * Returns the value with every string in it redacted, also keys, except short words such as `password`: they are
   * names of fields, even if some secret is the same word. Returns the value itself if there are no secrets.
   */
  value<T>(value: T): T
}

/** Shorter values would redact half of every line. */
const shortest = 3

/** Characters of a secret that an unfinished text may end with: to hide fewer would hide the end of most prompts. */
const shownBeginning = 3

const mark = '•••'

/** Creates a redactor without secrets. */
export const createRedactor = (): Redactor => {
  const secrets = new Set<string>()
  const forms: KnownForm[] = []
  let pattern: RegExp | undefined
  let longest = 0
  const text = (input: string) => (pattern === undefined ? input : input.replace(pattern, mark))
  const value = (input: unknown): unknown => {
    if (typeof input === 'string') return text(input)
    if (Array.isArray(input)) return input.map(value)
    if (typeof input !== 'object' || input === null) return input
    return Object.fromEntries(
      Object.entries(input).map(([key, item]) => [isField(key) ? key : text(key), value(item)]),
    )
  }
  return {
    add(more) {
      const fresh = [...new Set(more)].filter((it) => it.length >= shortest && !secrets.has(it))
      if (fresh.length === 0) return
      for (const secret of fresh) {
        secrets.add(secret)
        for (const form of formsOf(secret)) forms.push(knownForm(form))
      }
      // Longest first, so that no secret hides only a part of another.
      forms.sort((a, b) => b.patterns.length - a.patterns.length)
      pattern = new RegExp(anyOf(forms.map(({ patterns }) => patterns)), 'g')
      longest = forms.reduce((most, { length }) => Math.max(most, length), 0)
    },
    text,
    unfinished(input) {
      const shown = text(input)
      const end = forms.reduce(
        (least, form) => Math.min(least, beginningOf(form, shown)),
        shown.length,
      )
      return shown.slice(0, end)
    },
    cutBefore(input, atMost) {
      if (pattern === undefined) return atMost
      for (const match of input.matchAll(pattern)) {
        const end = match.index + match[0].length
        if (match.index >= atMost) break
        if (end > atMost) return match.index > 0 ? match.index : end
      }
      return atMost
    },
    get longest() {
      return longest
    },
    value: <T>(input: T) => (pattern === undefined ? input : (value(input) as T)),
  }
}

// ---

interface KnownForm {
  readonly form: SecretForm
  /** A regular expression per character. */
  readonly patterns: readonly string[]
  /** Most characters that it can have in a text. */
  readonly length: number
}

const knownForm = (form: SecretForm): KnownForm => ({
  form,
  patterns: form.map(patternOf),
  length: form.reduce((sum, spellings) => sum + Math.max(...spellings.map((it) => it.length)), 0),
})

/** Words of two letters or more: what base64 makes of a secret has the shape of `aBcDe`. */
const isField = (key: string): boolean =>
  key.length <= 16 && /^[a-z]{2,}(?:[A-Z][a-z]+)*$/.test(key)

/**
 * Returns a pattern of all sequences, which come longest first. Those that begin alike share their beginning: a text is
 * not compared with each of a thousand secrets.
 */
const anyOf = (sequences: readonly (readonly string[])[], from = 0): string => {
  const [only, ...others] = sequences
  if (others.length === 0) return only?.slice(from).join('') ?? ''
  const byFirst = new Map<string, (readonly string[])[]>()
  for (const sequence of sequences) {
    const first = sequence[from] ?? ''
    const group = byFirst.get(first)
    if (group === undefined) byFirst.set(first, [sequence])
    else group.push(sequence)
  }
  const parts = [...byFirst].map(([first, group]) =>
    // What ends here ends for all that are equal.
    first === '' ? '' : `${first}${anyOf(group, from + 1)}`,
  )
  return parts.length === 1 ? (parts[0] as string) : `(?:${parts.join('|')})`
}

/** Returns the pattern of one character. The longest spelling first: `%25` must not be taken for `%`. */
const patternOf = (spellings: readonly string[]): string => {
  const [only, ...others] = spellings.toSorted((a, b) => b.length - a.length).map(escapeRegExp)
  return others.length === 0 ? (only as string) : `(?:${[only, ...others].join('|')})`
}

const escapeRegExp = (literal: string) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Returns where the text ends with the beginning of a form; its length if it does not. */
const beginningOf = ({ form, length }: KnownForm, text: string): number => {
  const last = text.length - shownBeginning
  const [first = []] = form
  for (let start = Math.max(0, text.length - length); start < last; start++)
    if (first.some((spelling) => text.startsWith(spelling, start)) && beginsAt(form, text, start))
      return start
  return text.length
}

/** Whether the text from here to its end is the beginning of a form. */
const beginsAt = (form: SecretForm, text: string, start: number): boolean => {
  let reached = new Set([start])
  for (const spellings of form) {
    const next = new Set<number>()
    for (const at of reached) {
      const rest = text.slice(at, at + 12)
      for (const spelling of spellings) {
        if (rest.startsWith(spelling)) next.add(at + spelling.length)
        else if (at + rest.length === text.length && spelling.startsWith(rest)) return true
      }
    }
    if (next.size === 0) return false
    if (next.has(text.length)) return true
    reached = next
  }
  return false
}
