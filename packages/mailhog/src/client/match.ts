import { textMatcher } from 'mesocosm/plugin'
import type { MailAddress, MailMessage } from './message.ts'

/**
 * Which mail is expected; all given keys must match. A string is a whole address in any case, or a part of subject,
 * text or HTML. A regular expression is searched.
 */
export interface MailMatch {
  /** Sender; a regular expression is searched in `Name <address>`. */
  readonly from?: string | RegExp
  /** One of `To`. */
  readonly to?: string | RegExp
  /** One of `Cc`. */
  readonly cc?: string | RegExp
  /** A recipient that is neither in `To` nor in `Cc`. */
  readonly bcc?: string | RegExp
  /** Subject. */
  readonly subject?: string | RegExp
  /** Plain text. */
  readonly text?: string | RegExp
  /** HTML, with its tags. */
  readonly html?: string | RegExp
}

/** Returns whether a mail is expected. */
export type MailPredicate = (message: MailMessage) => boolean | Promise<boolean>

/** A match as a predicate, and in words. */
export interface MailMatcher {
  /** Returns whether a mail matches. */
  readonly matches: MailPredicate
  /** The match in words that follow `a mail`, such as `with to "a@b.c"`. */
  readonly words: string
}

/** Returns the matcher of a `match` parameter. */
export const matcherOf = (match: MailMatch | MailPredicate): MailMatcher => {
  if (typeof match === 'function')
    return { matches: match, words: `for which ${match.name || 'the predicate'} holds` }
  const asked = fields.filter((field) => match[field] !== undefined)
  const tests = asked.map((field) => fieldTest(field, match[field] as string | RegExp))
  return {
    matches: (message) => tests.every((test) => test(message)),
    words:
      asked.length === 0
        ? 'of any kind'
        : `with ${asked.map((field) => `${field} ${shown(match[field])}`).join(', ')}`,
  }
}

// ---

const fields = ['from', 'to', 'cc', 'bcc', 'subject', 'text', 'html'] as const

const fieldTest = (field: (typeof fields)[number], expected: string | RegExp) => {
  switch (field) {
    case 'subject':
    case 'text':
    case 'html': {
      const test = textMatcher(expected)
      return (message: MailMessage) => test(message[field])
    }
    default: {
      const test = addressTest(expected)
      return (message: MailMessage) => [message[field]].flat().some(test)
    }
  }
}

const addressTest = (expected: string | RegExp): ((address: MailAddress) => boolean) => {
  if (typeof expected === 'string')
    return ({ address }) => address.toLowerCase() === expected.toLowerCase()
  const test = textMatcher(expected)
  return ({ name, address }) => test(name === '' ? address : `${name} <${address}>`)
}

const shown = (expected: unknown) =>
  expected instanceof RegExp ? String(expected) : JSON.stringify(expected)
