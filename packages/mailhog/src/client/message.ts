import type { Address, Attachment } from 'postal-mime'
import type { Listed, Loaded } from '../adapter/adapter.ts'
import { codeIn, linksIn } from './inspect.ts'

export interface MailAddress {
  /** `''` when there is none. */
  readonly name: string
  readonly address: string
}

export interface MailAttachment {
  /** `''` when there is none. */
  readonly filename: string
  readonly contentType: string
  /** For `cid:` links, without angle brackets; `''` when there is none. */
  readonly contentId: string
  /** Meant to be shown within the text. */
  readonly inline: boolean
  readonly content: Uint8Array
  /** The content as UTF-8. */
  text(): string
}

/** A mail that arrived, read from its source. Groups of addresses are given as their members. */
export interface MailMessage {
  /** The server's. */
  readonly id: string
  /** `Message-ID` without angle brackets; `''` when there is none. */
  readonly messageId: string
  readonly from: MailAddress
  readonly to: readonly MailAddress[]
  readonly cc: readonly MailAddress[]
  /** Recipients of the envelope that neither `to` nor `cc` names. */
  readonly bcc: readonly MailAddress[]
  readonly replyTo: readonly MailAddress[]
  readonly subject: string
  /** `''` when there is no such part. */
  readonly text: string
  /** `''` when there is no such part. */
  readonly html: string
  /** By name in lower case, as written; more than one of a name are joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Of the header; `undefined` when there is none that can be read. */
  readonly date: Date | undefined
  /** As the server says; MailDev says what `Date` says. */
  readonly receivedAt: Date
  readonly attachments: readonly MailAttachment[]
  /** The source as it was sent, as UTF-8. */
  raw(): string
  /** The source as it was sent. */
  rawBytes(): Uint8Array
  /** Addresses with `://` in the HTML's links, then in the text; each once. Only those that match, when a pattern is given. */
  links(pattern?: string | RegExp): string[]
  /**
   * The first match in the text (else the HTML as text, else the subject): its first group, else all of it.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` with the text when nothing matches.
   */
  code(pattern: RegExp): string
}

export const readMessage = async (
  { id, receivedAt }: Pick<Listed, 'id' | 'receivedAt'>,
  { raw, recipients }: Loaded,
): Promise<MailMessage> => {
  const { default: PostalMime } = await import('postal-mime')
  const parsed = await PostalMime.parse(raw)
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
