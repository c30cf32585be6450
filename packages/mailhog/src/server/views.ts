import { createHash } from 'node:crypto'
import type { Address, Attachment } from 'postal-mime'
import { textOfHtml } from '../html.ts'
import type { ApiAddress, ApiMessage, ApiPart, ApiSummary } from '../mailpit-api.ts'
import { listUnsubscribeOf } from './list-unsubscribe.ts'
import type { StoredMail } from './mailbox.ts'

/** Returns a mail as lists show it. */
export const summaryOf = (mail: StoredMail): ApiSummary => ({
  ...headOf(mail),
  Read: mail.read,
  Created: mail.created.toISOString(),
  Attachments: countOf(mail).attached,
  Snippet: textOf(mail).replace(/\s+/g, ' ').trim().slice(0, 250),
})

/** Returns a mail with its content. */
export const messageOf = (mail: StoredMail): ApiMessage => {
  const { parsed } = mail
  const parts = parsed.attachments.map((attachment, index) => ({
    inline: isInline(attachment),
    part: partOf(attachment, index),
  }))
  return {
    ...headOf(mail),
    ReturnPath: mail.envelope.from,
    Date: dateOf(parsed.date, mail.created).toISOString(),
    Text: textOf(mail),
    HTML: parsed.html ?? '',
    Attachments: parts.filter(({ inline }) => !inline).map(({ part }) => part),
    Inline: parts.filter(({ inline }) => inline).map(({ part }) => part),
    ListUnsubscribe: listUnsubscribeOf(parsed.headers),
  }
}

/** Returns the values of each header, by its name in the case that Go writes it: `Message-Id`, `Dkim-Signature`. */
export const headersOf = (mail: StoredMail): Readonly<Record<string, readonly string[]>> => {
  const headers = new Map<string, string[]>()
  for (const { originalKey, value } of mail.parsed.headers) {
    const name = /^[\w!#$%&'*+.^`|~-]+$/.test(originalKey)
      ? originalKey.toLowerCase().replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase())
      : originalKey
    const values = headers.get(name)
    if (values === undefined) headers.set(name, [value])
    else values.push(value)
  }
  return Object.fromEntries([...headers].sort(([one], [other]) => (one < other ? -1 : 1)))
}

/** Returns an attachment by its id; `undefined` if there is none. */
export const attachmentOf = (mail: StoredMail, partId: string): Attachment | undefined =>
  mail.parsed.attachments.find((_, index) => idOfPart(index) === partId)

/** Returns the bytes of an attachment. */
export const bytesOf = ({ content }: Attachment): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as Uint8Array)

/** Returns how many parts of a mail are attached to it, and how many are shown within its text. */
export const countOf = ({ parsed: { attachments } }: StoredMail) => {
  const inline = attachments.filter(isInline).length
  return { attached: attachments.length - inline, inline }
}

/** Kept, because each list shows the start of it. */
const texts = new WeakMap<StoredMail, string>()

/** Returns the text of a mail, else that of its HTML. */
export const textOf = (mail: StoredMail): string => {
  const { text, html = '' } = mail.parsed
  if (text !== undefined) return text
  const known = texts.get(mail) ?? withoutIndents(textOfHtml(html))
  texts.set(mail, known)
  return known
}

/** Returns what the headers and the envelope of a mail tell. */
export const headOf = ({ id, envelope, parsed, raw, tags }: StoredMail) => {
  const to = flat(parsed.to)
  const cc = flat(parsed.cc)
  const named = new Set([...to, ...cc].map(({ Address }) => Address.toLowerCase()))
  const hidden = new Map<string, ApiAddress>()
  for (const address of [...flat(parsed.bcc), ...envelope.to.map(bare)])
    if (!named.has(address.Address.toLowerCase())) hidden.set(address.Address, address)
  return {
    ID: id,
    MessageID: (parsed.messageId ?? '').replace(/^<|>$/g, ''),
    From: flat(parsed.from)[0] ?? bare(envelope.from),
    To: to,
    Cc: cc,
    Bcc: [...hidden.values()],
    ReplyTo: flat(parsed.replyTo),
    Subject: parsed.subject ?? '',
    Username: envelope.user,
    Tags: tags,
    Size: raw.length,
  }
}

// ---

const withoutIndents = (text: string): string =>
  text
    .replace(/[^\S\n]+/g, ' ')
    .replace(/ ?\n ?/g, '\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()

const isInline = ({ disposition, related }: Attachment): boolean =>
  disposition === 'inline' || related === true

/** Replaces groups by their members. */
const flat = (given: Address | readonly Address[] | undefined): ApiAddress[] =>
  [given ?? []]
    .flat()
    .flatMap((address: Address) =>
      address.group === undefined
        ? [{ Name: address.name, Address: address.address }]
        : address.group.map(({ name, address }) => ({ Name: name, Address: address })),
    )

const bare = (address: string): ApiAddress => ({ Name: '', Address: address })

const partOf = (attachment: Attachment, index: number): ApiPart => {
  const bytes = bytesOf(attachment)
  const sum = (algorithm: string) => createHash(algorithm).update(bytes).digest('hex')
  return {
    PartID: idOfPart(index),
    FileName: attachment.filename ?? '',
    ContentType: attachment.mimeType,
    ContentID: (attachment.contentId ?? '').replace(/^<|>$/g, ''),
    Size: bytes.length,
    Checksums: { MD5: sum('md5'), SHA1: sum('sha1'), SHA256: sum('sha256') },
  }
}

const idOfPart = (index: number) => String(index + 2)

const dateOf = (header: string | undefined, otherwise: Date): Date => {
  const date = new Date(header ?? '')
  return Number.isNaN(date.getTime()) ? otherwise : date
}
