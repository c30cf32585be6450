import { MesocosmError } from 'mesocosm'
import { textMatcher, withoutPosition } from 'mesocosm/plugin'

/** Returns every URL with `://` in a mail, once each: those of its HTML's links, then those of its text. */
export const linksIn = (
  { text, html }: { readonly text: string; readonly html: string },
  pattern?: string | RegExp,
): string[] => {
  const inHtml = [...html.matchAll(anchor)].map(([, double, single, plain]) =>
    unescapeHtml((double ?? single ?? plain ?? '').trim()),
  )
  const inText = [...text.matchAll(address)].map(([found]) => withoutPunctuation(found))
  const all = [...new Set([...inHtml, ...inText])].filter((link) => absolute.test(link))
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

/** Returns the visible text of HTML: without styles, scripts and tags. */
const textOfHtml = (html: string): string =>
  unescapeHtml(
    html
      .replace(/<!--[\s\S]*?-->|<(style|script|title)\b[\s\S]*?<\/\1\s*>/gi, ' ')
      .replace(/<(?:br|\/p|\/div|\/tr|\/h[1-6]|\/li)\b[^>]*>/gi, '\n')
      .replace(/<[^>]*>/g, ''),
  )

const anchor = /<(?:a|area)\b[^>]*?\shref\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>]+))/gi
const address = /\b[a-z][a-z0-9+.-]*:\/\/[^\s<>"]+/gi
const absolute = /^[a-z][a-z0-9+.-]*:\/\//i

/** In `(see https://a.test/b).` the address ends before the bracket. */
const withoutPunctuation = (link: string): string => {
  const trimmed = link.replace(/[.,;:!?'*_\]]+$/, '')
  const unopened = trimmed.split(')').length > trimmed.split('(').length
  return trimmed.endsWith(')') && unopened ? withoutPunctuation(trimmed.slice(0, -1)) : trimmed
}

const names: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: ' ',
}

const unescapeHtml = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return names[name.toLowerCase()] ?? whole
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16)
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole
  })
