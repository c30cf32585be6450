/** Replaces every secret by `•••` in what is about to be written. */
export interface Redactor {
  /** Adds secrets; those of less than 3 characters are ignored. */
  add(secrets: Iterable<string>): void
  /** Returns the text with every secret replaced. */
  text(text: string): string
  /** Returns the value with every string in it redacted; the value itself if there are no secrets. */
  value<T>(value: T): T
}

/** Characters from which a line of a secret is redacted by itself. */
const shortestLine = 8

/** Creates a redactor without secrets. */
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
      // Very short values would redact half of every line.
      for (const secret of more) if (secret.length >= 3) secrets.add(secret)
      if (secrets.size === before) return
      const forms = [...secrets].flatMap((secret) => [
        secret,
        JSON.stringify(secret).slice(1, -1),
        encodeURIComponent(secret),
        // Logs are written line by line, and secrets such as PEM keys have several.
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
