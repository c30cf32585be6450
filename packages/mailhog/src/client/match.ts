import { MesocosmError } from 'mesocosm'
import {
  type AsymmetricMatcher,
  asymmetricWords,
  expectedTypeOf,
  isAsymmetric,
  textMatcher,
} from 'mesocosm/plugin'
import type { MailAddress, MailMessage } from './message.ts'

/**
 * Which mail is expected; all given keys must match. A string is a whole address in any case, or a part of subject,
 * text or HTML. A regular expression is searched. An asymmetric matcher such as `expect.stringContaining(…)` is compared
 * with subject, text, HTML or an address; one that is not about strings, with the {@link MailAddress} or their array.
 */
export interface MailMatch {
  /** Sender; a regular expression is searched in `Name <address>`. */
  readonly from?: string | RegExp | AsymmetricMatcher
  /** One of `To`. */
  readonly to?: string | RegExp | AsymmetricMatcher
  /** One of `Cc`. */
  readonly cc?: string | RegExp | AsymmetricMatcher
  /** A recipient that is neither in `To` nor in `Cc`. */
  readonly bcc?: string | RegExp | AsymmetricMatcher
  /** Subject. */
  readonly subject?: string | RegExp | AsymmetricMatcher
  /** Plain text. */
  readonly text?: string | RegExp | AsymmetricMatcher
  /** HTML, with its tags. */
  readonly html?: string | RegExp | AsymmetricMatcher
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

/**
 * Returns the matcher of a `match` parameter.
 *
 * @throws {MesocosmError} `ARGUMENT_INVALID` with all faults: unknown keys, values of another type.
 */
export const matcherOf = (match: MailMatch | MailPredicate | AsymmetricMatcher): MailMatcher => {
  if (typeof match === 'function')
    return { matches: match, words: `for which ${match.name || 'the predicate'} holds` }
  if (isAsymmetric(match))
    return {
      matches: (message) => match.asymmetricMatch(message),
      words: `like ${asymmetricWords(match)}`,
    }
  const faults = faultsOf(match)
  if (faults.length > 0)
    throw new MesocosmError({
      code: 'ARGUMENT_INVALID',
      message: `a mail cannot be matched by this: ${faults.join('; ')}`,
      remedy: `use ${fields.join(', ')}, each with a string, a regular expression or an asymmetric matcher, or a function`,
      facts: { faults },
    })
  const asked = fields.filter((field) => match[field] !== undefined)
  const tests = asked.map((field) => fieldTest(field, match[field] as Expected))
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

/** Callers without types can pass anything, and a misspelt key would match every mail. */
const faultsOf = (match: unknown): string[] => {
  if (
    typeof match !== 'object' ||
    match === null ||
    match instanceof RegExp ||
    Array.isArray(match)
  )
    return [`${shown(match)} is neither an object nor a function`]
  return Object.entries(match).flatMap(([key, value]) => {
    if (!(fields as readonly string[]).includes(key)) return [`unknown key "${key}"`]
    if (value === undefined || typeof value === 'string' || value instanceof RegExp) return []
    if (isAsymmetric(value)) return []
    return [`${key} is ${shown(value)}`]
  })
}

type Expected = string | RegExp | AsymmetricMatcher

const fieldTest = (field: (typeof fields)[number], expected: Expected) => {
  switch (field) {
    case 'subject':
    case 'text':
    case 'html': {
      const test = isAsymmetric(expected)
        ? (value: string) => expected.asymmetricMatch(value)
        : textMatcher(expected)
      return (message: MailMessage) => test(message[field])
    }
    default: {
      if (isAsymmetric(expected)) return asymmetricAddressTest(field, expected)
      const test = addressTest(expected)
      return (message: MailMessage) => [message[field]].flat().some(test)
    }
  }
}

const asymmetricAddressTest =
  (field: 'from' | 'to' | 'cc' | 'bcc', expected: AsymmetricMatcher) =>
  (message: MailMessage): boolean => {
    const type = expectedTypeOf(expected)
    if (type === 'array') return expected.asymmetricMatch(message[field])
    return [message[field]]
      .flat()
      .some((address) => expected.asymmetricMatch(type === 'string' ? address.address : address))
  }

const addressTest = (expected: string | RegExp): ((address: MailAddress) => boolean) => {
  if (typeof expected === 'string')
    return ({ address }) => address.toLowerCase() === expected.toLowerCase()
  const test = textMatcher(expected)
  return ({ name, address }) => test(name === '' ? address : `${name} <${address}>`)
}

const shown = (expected: unknown) =>
  isAsymmetric(expected)
    ? asymmetricWords(expected)
    : expected instanceof RegExp
      ? String(expected)
      : (JSON.stringify(expected) ?? String(expected))
