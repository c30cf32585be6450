/** Replaces every secret by `•••` in whatever is about to be written. */
export interface Redactor {
  add(secrets: Iterable<string>): void
  text(text: string): string
  /** The same value with every string in it redacted; the value itself when there is nothing to hide. */
  value<T>(value: T): T
}

/** Characters a line of a secret has to have to be one by itself. */
const shortestLine = 8

export const createRedactor = (): Redactor => {
  const secrets = new Set<string>()
  let pattern: RegExp | undefined
  const text = (input: string) => (pattern === undefined ? input : input.replace(pattern, '•••'))
  const value = (input: unknown): unknown => {
    if (typeof input === 'string') return text(input)
    if (Array.isArray(input)) return input.map(value)
    if (typeof input !== 'object' || input === null) return input
    return Object.fromEntries(Object.entries(input).map(([key, item]) => [key, value(item)]))
  }
  return {
    add(more) {
      const before = secrets.size
      // Very short values would blot out half of every line.
      for (const secret of more) if (secret.length >= 3) secrets.add(secret)
      if (secrets.size === before) return
      const forms = [...secrets].flatMap((secret) => [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        // Such as a key in PEM: logs are written line by line.
        ...secret.split(/\r?\n/).filter((line) => line.length >= shortestLine),
      ])
      const longestFirst = [...new Set(forms)].sort((a, b) => b.length - a.length)
      pattern = new RegExp(longestFirst.map(escapeRegExp).join('|'), 'g')
    },
    text,
    value: <T>(input: T) => (pattern === undefined ? input : (value(input) as T)),
  }
}

const escapeRegExp = (literal: string) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
