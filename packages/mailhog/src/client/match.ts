import type { MailAddress, MailMessage } from './message.ts'

/**
 * What a mail must be like; all that is given must hold.
 * A regular expression is looked for. Text is a whole address (in any case), or a part of subject, text or HTML.
 */
export interface MailMatch {
  /** `From`; a regular expression sees `Name <address>`. */
  readonly from?: string | RegExp
  /** One of `To`. */
  readonly to?: string | RegExp
  readonly cc?: string | RegExp
  /** A recipient that neither `To` nor `Cc` names. */
  readonly bcc?: string | RegExp
  readonly subject?: string | RegExp
  readonly text?: string | RegExp
  readonly html?: string | RegExp
}

export type MailPredicate = (message: MailMessage) => boolean | Promise<boolean>

/** As a predicate, and in words. */
export interface Matcher {
  readonly matches: MailPredicate
  readonly words: string
}

export const matcherOf = (match: MailMatch | MailPredicate): Matcher => {
  if (typeof match === 'function')
    return { matches: match, words: `for which ${match.name || 'the predicate'} holds` }
  const asked = fields.filter((field) => match[field] !== undefined)
  const tests = asked.map((field) => fieldTest(field, match[field] as string | RegExp))
  return {
    matches: (message) => tests.every((test) => test(message)),
    words:
      asked.length === 0
        ? 'of any kind'
        : `with ${asked.map((field) => `${field} ${inWords(match[field])}`).join(', ')}`,
  }
}

/** Whether a text has the pattern in it. */
export const tester = (pattern: string | RegExp): ((text: string) => boolean) => {
  if (typeof pattern === 'string') return (text) => text.includes(pattern)
  // Without `g` and `y`: they would make every other test miss.
  const regExp = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return (text) => regExp.test(text)
}

// ---

const fields = ['from', 'to', 'cc', 'bcc', 'subject', 'text', 'html'] as const

const fieldTest = (field: (typeof fields)[number], wanted: string | RegExp) => {
  switch (field) {
    case 'subject':
    case 'text':
    case 'html': {
      const test = tester(wanted)
      return (message: MailMessage) => test(message[field])
    }
    default: {
      const test = addressTest(wanted)
      return (message: MailMessage) => [message[field]].flat().some(test)
    }
  }
}

const addressTest = (wanted: string | RegExp): ((address: MailAddress) => boolean) => {
  if (typeof wanted === 'string')
    return ({ address }) => address.toLowerCase() === wanted.toLowerCase()
  const test = tester(wanted)
  return ({ name, address }) => test(name === '' ? address : `${name} <${address}>`)
}

const inWords = (wanted: unknown) =>
  wanted instanceof RegExp ? String(wanted) : JSON.stringify(wanted)
