import type { ApiAddress } from '../mailpit-api.ts'
import type { StoredMail } from './mailbox.ts'
import { summaryOf, textOf } from './views.ts'

/**
 * Returns the mails that match a query. Of Mailpit's filters it knows `to:`, `from:`, `cc:`, `bcc:`, `reply-to:`,
 * `addressed:`, `subject:`, `message-id:`, `has:attachment`, `is:read`, `is:unread`, words anywhere, `"quoted words"`, and
 * `-` or `!` before any of them. All must match, in any case of letters.
 */
export const searchMails = (mails: readonly StoredMail[], query: string): StoredMail[] => {
  const terms = [...query.matchAll(term)].map(([, negated, filter = '', quoted, word = '']) => ({
    wanted: negated === '',
    filter: filter.toLowerCase(),
    value: (quoted ?? word).toLowerCase(),
  }))
  return mails.filter((mail) => terms.every((each) => matches(mail, each) === each.wanted))
}

// ---

const term = /([-!]?)(?:([a-z-]+):)?(?:"([^"]*)"|(\S+))/gi

const matches = (
  mail: StoredMail,
  { filter, value }: { filter: string; value: string },
): boolean => {
  const view = summaryOf(mail)
  const recipients = [...view.To, ...view.Cc, ...view.Bcc, ...view.ReplyTo]
  switch (filter) {
    case 'to':
      return hasAddress(view.To, value)
    case 'from':
      return hasAddress([view.From], value)
    case 'cc':
      return hasAddress(view.Cc, value)
    case 'bcc':
      return hasAddress(view.Bcc, value)
    case 'reply-to':
      return hasAddress(view.ReplyTo, value)
    case 'addressed':
      return hasAddress([view.From, ...recipients], value)
    case 'subject':
      return view.Subject.toLowerCase().includes(value)
    case 'message-id':
      return view.MessageID.toLowerCase().includes(value)
    case 'has':
      return /^attachments?$/.test(value) && view.Attachments > 0
    case 'is':
      return value === 'read' ? mail.read : value === 'unread' && !mail.read
    default: {
      // Not a known filter: search it as a word.
      const word = filter === '' ? value : `${filter}:${value}`
      return (
        hasAddress([view.From, ...recipients], word) ||
        `${view.Subject}\n${textOf(mail)}`.toLowerCase().includes(word)
      )
    }
  }
}

const hasAddress = (addresses: readonly ApiAddress[], value: string): boolean =>
  addresses.some(({ Name, Address }) => `${Name} <${Address}>`.toLowerCase().includes(value))
