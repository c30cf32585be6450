import type { ApiAddress } from '../mailpit-api.ts'
import type { StoredMail } from './mailbox.ts'
import { type Condition, comparable, readQuery, type TextFilter } from './search-query.ts'
import { countOf, headOf, textOf } from './views.ts'

/**
 * Returns the mails that match a query in Mailpit's language.
 *
 * @param zone IANA name of the zone of its dates; default that of the process.
 * @throws {RangeError} for a query that is empty or not understood.
 */
export const searchMails = (
  mails: readonly StoredMail[],
  query: string,
  zone?: string,
): StoredMail[] => {
  const terms = readQuery(query, zone)
  return mails.filter((mail) =>
    terms.every(({ excluded, condition }) => meets(mail, condition) !== excluded),
  )
}

// ---

const meets = (mail: StoredMail, condition: Condition): boolean => {
  switch (condition.kind) {
    case 'after':
      return mail.created >= condition.time
    case 'before':
      return mail.created <= condition.time
    case 'larger':
      return mail.raw.length > condition.bytes
    case 'smaller':
      return mail.raw.length < condition.bytes
    case 'state':
      return isIn(mail, condition.is)
    case 'text':
      return condition.in === 'anywhere'
        ? wholeTextOf(mail).includes(condition.text)
        : has(mail, condition.in, condition.text)
  }
}

const isIn = (mail: StoredMail, state: (Condition & { kind: 'state' })['is']): boolean => {
  switch (state) {
    case 'read':
      return mail.read
    case 'unread':
      return !mail.read
    case 'tagged':
      return mail.tags.length > 0
    case 'attachment':
      return countOf(mail).attached > 0
    case 'inline':
      return countOf(mail).inline > 0
  }
}

const has = (mail: StoredMail, filter: TextFilter, text: string): boolean => {
  const view = headOf(mail)
  const isAmong = (addresses: readonly ApiAddress[]) =>
    addresses.some(({ Name, Address }) => comparable(`${Name} ${Address}`).includes(text))
  switch (filter) {
    case 'to':
      return isAmong(view.To)
    case 'from':
      return isAmong([view.From])
    case 'cc':
      return isAmong(view.Cc)
    case 'bcc':
      return isAmong(view.Bcc)
    case 'reply-to':
      return isAmong(view.ReplyTo)
    case 'addressed':
      return isAmong([view.From, ...view.To, ...view.Cc, ...view.Bcc, ...view.ReplyTo])
    case 'subject':
      return comparable(view.Subject).includes(text)
    case 'message-id':
      return comparable(view.MessageID).includes(text)
    case 'tag':
      return mail.tags.some((tag) => tag.toLowerCase() === text)
  }
}

/** Made at the first search, because most mails are never searched. */
const wholeTexts = new WeakMap<StoredMail, string>()

const wholeTextOf = (mail: StoredMail): string => {
  const known = wholeTexts.get(mail)
  if (known !== undefined) return known
  const { From, To, Cc, Bcc, ReplyTo, Subject, MessageID } = headOf(mail)
  const addresses = [From, ...To, ...Cc, ...Bcc, ...ReplyTo]
  const made = comparable(
    [
      ...addresses.map(({ Name, Address }) => `${Name} ${Address}`),
      Subject,
      MessageID,
      ...mail.parsed.attachments.map(({ filename }) => filename ?? ''),
      textOf(mail),
    ].join(' '),
  )
  wholeTexts.set(mail, made)
  return made
}
