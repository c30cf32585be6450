import { MesocosmError } from 'mesocosm'
import { textMatcher, withoutPosition } from 'mesocosm/plugin'
import { hrefsOf, textOfHtml } from '../html.ts'

/** Returns every URL with `://` in a mail, once each: those of its HTML's links, then those of its text. */
export const linksIn = (
  { text, html }: { readonly text: string; readonly html: string },
  pattern?: string | RegExp,
): string[] => {
  const inText = [...text.matchAll(address)].map(([found]) => withoutPunctuation(found))
  const all = [...new Set([...hrefsOf(html), ...inText])].filter((link) => absolute.test(link))
  return pattern === undefined ? all : all.filter(textMatcher(pattern))
}

/**
 * Searches the text (the HTML as text if there is none), then the subject, and returns the first group of the match, or the
 * whole match.
 */
export const codeIn = (
  mail: { readonly subject: string; readonly text: string; readonly html: string },
  pattern: RegExp,
): string => {
  const single = withoutPosition(pattern)
  const body = mail.text === '' ? textOfHtml(mail.html) : mail.text
  const found = single.exec(body) ?? single.exec(mail.subject)
  if (found !== null) return found[1] ?? found[0]
  throw new MesocosmError({
    code: 'SERVICE_CLIENT_FAILED',
    message: `the mail "${mail.subject}" has no match of ${pattern}`,
    remedy: 'check the pattern against the text above',
    facts: { pattern: String(pattern) },
    details: body.trim().split('\n').slice(0, 20),
  })
}

// ---

const address = /\b[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+/gi
const absolute = /^[a-z][a-z0-9+.-]*:\/\//i

/** In `(see https://a.test/b).` the address ends before the bracket. */
const withoutPunctuation = (link: string): string => {
  const trimmed = link.replace(/[.,;:!?'*_\]]+$/, '')
  const unopened = trimmed.split(')').length > trimmed.split('(').length
  return trimmed.endsWith(')') && unopened ? withoutPunctuation(trimmed.slice(0, -1)) : trimmed
}
