import type { Address, Attachment } from 'postal-mime'
import type { Listed, Loaded } from '../adapter/adapter.ts'
import { codeIn, linksIn } from './mail-content.ts'

/** An address of a mail. */
export interface MailAddress {
  /** Display name; `''` if there is none. */
  readonly name: string
  /** Address, such as `a@b.c`. */
  readonly address: string
}

/** An attachment of a mail. */
export interface MailAttachment {
  /** File name; `''` if there is none. */
  readonly filename: string
  /** Media type, such as `image/png`. */
  readonly contentType: string
  /** Id for `cid:` links, without angle brackets; `''` if there is none. */
  readonly contentId: string
  /** Whether it is shown within the text. */
  readonly inline: boolean
  /** Its bytes. */
  readonly content: Uint8Array
  /** Returns the content as UTF-8. */
  text(): string
}

/** A mail that arrived, parsed from its source. Groups of addresses are replaced by their members. */
export interface MailMessage {
  /** Id on the server. */
  readonly id: string
  /** `Message-ID` without angle brackets; `''` if there is none. */
  readonly messageId: string
  /** Sender. */
  readonly from: MailAddress
  /** Recipients in `To`. */
  readonly to: readonly MailAddress[]
  /** Recipients in `Cc`. */
  readonly cc: readonly MailAddress[]
  /** Recipients of the envelope that are neither in `to` nor in `cc`. */
  readonly bcc: readonly MailAddress[]
  /** Addresses in `Reply-To`. */
  readonly replyTo: readonly MailAddress[]
  /** Subject, decoded. */
  readonly subject: string
  /** Plain text; `''` if there is none. */
  readonly text: string
  /** HTML; `''` if there is none. */
  readonly html: string
  /** Values by name in lower case; several of one name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Date of the header; `undefined` if it is missing or invalid. */
  readonly date: Date | undefined
  /** When the server received it; MailDev returns the date of the header. */
  readonly receivedAt: Date
  /** Attachments, in their order. */
  readonly attachments: readonly MailAttachment[]
  /** Returns the source as UTF-8. */
  raw(): string
  /** Returns the source as it was sent. */
  rawBytes(): Uint8Array
  /** Returns the URLs with `://` in the HTML's links, then in the text, once each; with a pattern only those that match. */
  links(pattern?: string | RegExp): string[]
  /**
   * Searches the text (the HTML as text if there is none), then the subject, and returns the first group of the match, or
   * the whole match.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` with the text if nothing matches.
   */
  code(pattern: RegExp): string
}

/** Returns a mail parsed from its source. `postal-mime` is loaded at the first call. */
export const readMessage = async (
  { id, receivedAt }: Pick<Listed, 'id' | 'receivedAt'>,
  { raw, recipients }: Loaded,
): Promise<MailMessage> => {
  const { parseMail } = await import('../parse-mail.ts')
  const parsed = await parseMail(raw)
  const { subject = '', text = '', html = '' } = parsed
  const to = flat(parsed.to)
  const cc = flat(parsed.cc)
  const named = new Set([...to, ...cc].map(({ address }) => address.toLowerCase()))
  const hidden = new Map<string, MailAddress>()
  for (const other of [
    ...flat(parsed.bcc),
    ...recipients.map((address) => ({ name: '', address })),
  ]) {
    const key = other.address.toLowerCase()
    if (!named.has(key) && !hidden.has(key)) hidden.set(key, other)
  }
  const date = new Date(parsed.date ?? '')
  return {
    id,
    messageId: bare(parsed.messageId),
    from: flat(parsed.from)[0] ?? { name: '', address: '' },
    to,
    cc,
    bcc: [...hidden.values()],
    replyTo: flat(parsed.replyTo),
    subject,
    text,
    html,
    headers: headersOf(parsed.headers),
    date: Number.isNaN(date.getTime()) ? undefined : date,
    receivedAt,
    attachments: parsed.attachments.map(attachmentOf),
    raw: () => new TextDecoder().decode(raw),
    rawBytes: () => raw,
    links: (pattern) => linksIn({ text, html }, pattern),
    code: (pattern) => codeIn({ subject, text, html }, pattern),
  }
}

// ---

const bare = (id = '') => id.trim().replace(/^<|>$/g, '')

const flat = (given: Address | readonly Address[] | undefined): MailAddress[] =>
  [given ?? []]
    .flat()
    .flatMap((address: Address) =>
      address.group === undefined
        ? [{ name: address.name, address: address.address }]
        : address.group.map(({ name, address }) => ({ name, address })),
    )

const headersOf = (lines: readonly { readonly key: string; readonly value: string }[]) => {
  const headers: Record<string, string> = Object.create(null)
  for (const { key, value } of lines)
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`
  return headers
}

const attachmentOf = (attachment: Attachment): MailAttachment => {
  const { content } = attachment
  const bytes =
    typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
  return {
    filename: attachment.filename ?? '',
    contentType: attachment.mimeType,
    contentId: bare(attachment.contentId),
    inline: attachment.disposition === 'inline' || attachment.related === true,
    content: bytes,
    text: () => new TextDecoder().decode(bytes),
  }
}
