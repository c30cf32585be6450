import type { StoredMail } from './mailbox.ts'
import { messageOf } from './views.ts'

/**
 * Returns the HTML of a mail with the URLs of its parts instead of `cid:` links; `undefined` if it has none.
 *
 * @param newWindows whether links open new windows, for a page that shows it in a frame.
 */
export const htmlOf = (mail: StoredMail, newWindows = false): string | undefined => {
  const { ID, HTML, Inline, Attachments } = messageOf(mail)
  if (HTML === '') return undefined
  const parts = new Map(
    [...Attachments, ...Inline]
      .filter(({ ContentID }) => ContentID !== '')
      .map(({ ContentID, PartID }) => [ContentID.toLowerCase(), PartID]),
  )
  const linked = HTML.replace(/\bcid:([^\s"'<>)\\]+)/gi, (whole, given: string) => {
    const id = parts.get(given.toLowerCase()) ?? parts.get(decoded(given).toLowerCase())
    return id === undefined ? whole : `/api/v1/message/${ID}/part/${id}`
  })
  return newWindows ? `<base target="_blank">${linked}` : linked
}

/** Headers that keep scripts and forms of a mail from doing anything, and its URL from others. */
export const inertHeaders = {
  'content-security-policy':
    "default-src 'none'; img-src * data: blob:; media-src * data: blob:; font-src * data:; style-src * 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox",
} as const

// ---

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
