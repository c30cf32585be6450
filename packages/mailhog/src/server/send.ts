import MailComposer from 'nodemailer/lib/mail-composer/index.js'
import { addressParser } from 'postal-mime'
import { list, object, readBody, strings, text } from './json-body.ts'

/** A mail to store as if it had arrived. */
export interface ComposedMail {
  readonly raw: Buffer
  readonly from: string
  readonly to: readonly string[]
}

/**
 * Returns the mail that a body of `POST /api/v1/send` describes.
 *
 * @throws {RangeError} with all faults: unknown keys, values of another type, invalid addresses, no recipient.
 */
export const composeMail = async (body: unknown): Promise<ComposedMail> => {
  const given = readBody(body, {
    From: person,
    To: list(person),
    Cc: list(person),
    Bcc: list(text),
    ReplyTo: list(person),
    Subject: text,
    Text: text,
    HTML: text,
    Headers: strings,
    Tags: list(text),
    Attachments: list(
      object({ Content: text, ContentID: text, ContentType: text, Filename: text }),
    ),
  })
  const { To = [], Cc = [], Bcc = [], ReplyTo = [], Headers = {}, Tags = [] } = given
  const faults = [
    ...invalid('From', [given.From?.Email ?? '']),
    ...invalid('To', To.map(emailOf)),
    ...invalid('Cc', Cc.map(emailOf)),
    ...invalid('Bcc', Bcc),
    ...invalid('ReplyTo', ReplyTo.map(emailOf)),
    ...(To.length + Cc.length + Bcc.length === 0 ? ['no recipient in To, Cc or Bcc'] : []),
    ...Object.entries(Headers).flatMap(([name, value]) => faultsOfHeader(name, value, Tags)),
    ...(given.Attachments ?? []).flatMap(({ Content = '', Filename = '' }) =>
      isBase64(afterComma(Content)) ? [] : [`attachment "${Filename}" is not base64`],
    ),
  ]
  if (faults.length > 0) throw new RangeError(faults.join('; '))
  const composer = new MailComposer({
    from: mailboxOf(given.From ?? {}),
    to: To.map(mailboxOf),
    cc: Cc.map(mailboxOf),
    replyTo: ReplyTo.map(mailboxOf),
    subject: given.Subject ?? '',
    text: given.Text ?? '',
    ...(given.HTML ? { html: given.HTML } : {}),
    headers: { ...Headers, ...(Tags.length === 0 ? {} : { 'X-Tags': Tags.join(', ') }) },
    attachments: (given.Attachments ?? []).map(
      ({ Content = '', ContentID = '', ContentType = '', Filename = '' }) => ({
        content: Buffer.from(afterComma(Content), 'base64'),
        filename: Filename,
        ...(ContentType === '' ? {} : { contentType: ContentType }),
        ...(ContentID === '' ? {} : { cid: ContentID, contentDisposition: 'inline' }),
      }),
    ),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return {
    raw: await composer.compile().build(),
    from: given.From?.Email ?? '',
    to: [...To.map(emailOf), ...Cc.map(emailOf), ...Bcc],
  }
}

// ---

const person = object({ Name: text, Email: text })

interface Person {
  readonly Name?: string
  readonly Email?: string
}

const emailOf = ({ Email = '' }: Person): string => Email
const mailboxOf = ({ Name = '', Email = '' }: Person) => ({ name: Name, address: Email })

const invalid = (field: string, emails: readonly string[]): string[] =>
  emails
    .filter((email) => {
      const parsed = addressParser(email)
      return parsed.length !== 1 || parsed[0]?.address !== email.trim() || !/.@./.test(email)
    })
    .map((email) => `invalid ${field} address: "${email}"`)

/** Headers that other fields set. */
const reserved = /^(?:to|from|cc|bcc|reply-to|date|subject|content-type|mime-version)$/i

const faultsOfHeader = (name: string, value: string, tags: readonly string[]): string[] => {
  if (reserved.test(name) || (tags.length > 0 && /^x-tags$/i.test(name)))
    return [`the header "${name}" is set by a field of its own`]
  return /^[\x21-\x39\x3b-\x7e]+$/.test(name) && !/[\r\n\0]/.test(value)
    ? []
    : [`invalid header "${name}"`]
}

/** Browsers read files as data URLs. */
const afterComma = (content: string): string => content.slice(content.lastIndexOf(',') + 1)

const isBase64 = (content: string): boolean => /^[a-z0-9+/\s]*={0,2}\s*$/i.test(content)
