import { foreignHeaders } from '../../../../../servers/page/serve-page.ts'
import type { StoredMail } from '../mailbox.ts'
import { bytesOf } from '../views.ts'

/**
 * Returns a mail's HTML as the page frames it. Pictures of the mail are written into it, so that it needs nothing from any
 * server; links open in a tab of their own.
 */
export const framedHtml = ({ parsed }: StoredMail): string => {
  let left = maxEmbedded
  const html = (parsed.html ?? '').replace(/\bcid:([^\s"'<>)]+)/gi, (whole, id: string) => {
    const wanted = bare(decoded(id))
    const found = parsed.attachments.find(({ contentId }) => bare(contentId ?? '') === wanted)
    if (found === undefined || !/^image\/[\w.+-]+$/i.test(found.mimeType)) return whole
    const address = `data:${found.mimeType};base64,${bytesOf(found).toString('base64')}`
    left -= address.length
    return left < 0 ? whole : address
  })
  return `${doctypeOf(html)}<base target="_blank">${inert(html)}`
}

/**
 * Returns the headers that a mail's HTML is sent with: no scripts, frames, forms or origin, and pictures from elsewhere only if
 * `images` is set.
 */
export const htmlHeaders = (images: boolean): Readonly<Record<string, string>> => ({
  ...foreignHeaders,
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    `img-src data:${images ? ' http: https:' : ''}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
    'sandbox allow-popups allow-popups-to-escape-sandbox',
  ].join('; '),
  'referrer-policy': 'no-referrer',
  // Looking up the name of a link's host would tell that the mail is read.
  'x-dns-prefetch-control': 'off',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
})

// ---

/** A mail can name one picture any number of times. */
const maxEmbedded = 64 * 1024 * 1024

const bare = (id: string): string => id.replace(/^<|>$/g, '')

const decoded = (id: string): string => {
  try {
    return decodeURIComponent(id)
  } catch {
    return id
  }
}

/** The rules for layout depend on it, and it is one only at the start. */
const doctypeOf = (html: string): string => /^\s*<!doctype[^>]*>/i.exec(html)?.[0] ?? ''

/**
 * Takes the effect from elements that reach out past every policy: `link`, `meta` and frames connect to servers in advance.
 * `basefont` does nothing and has no end, as they have none. Of two attributes with the same name the first one counts.
 */
const inert = (html: string): string =>
  html
    .replace(/<(?:link|meta)(?=[\s/>])/gi, '<basefont')
    .replace(/<(i?frame)(?=[\s/>])/gi, '<$1 srcdoc="" src="about:blank"')
