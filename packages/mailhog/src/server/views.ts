import type { Address, Attachment } from 'postal-mime'
import type { ApiAddress, ApiMessage, ApiPart, ApiSummary } from '../mailpit-api.ts'
import type { StoredMail } from './mailbox.ts'

/** Returns a mail as lists show it. */
export const summaryOf = (mail: StoredMail): ApiSummary => ({
  ...common(mail),
  Read: mail.read,
  Created: mail.created.toISOString(),
  Attachments: mail.parsed.attachments.length,
  Snippet: textOf(mail).replace(/\s+/g, ' ').trim().slice(0, 250),
})

/** Returns a mail with its content. */
export const messageOf = (mail: StoredMail): ApiMessage => {
  const { parsed } = mail
  const parts = parsed.attachments.map((attachment, index) => ({
    inline: attachment.disposition === 'inline' || attachment.related === true,
    part: partOf(attachment, index),
  }))
  return {
    ...common(mail),
    ReturnPath: mail.envelope.from,
    Date: dateOf(parsed.date, mail.created).toISOString(),
    Text: parsed.text ?? '',
    HTML: parsed.html ?? '',
    Attachments: parts.filter(({ inline }) => !inline).map(({ part }) => part),
    Inline: parts.filter(({ inline }) => inline).map(({ part }) => part),
  }
}

/** Returns the values of each header, by its name as it was written. */
export const headersOf = (mail: StoredMail): Record<string, string[]> => {
  const headers: Record<string, string[]> = {}
  for (const { originalKey, value } of mail.parsed.headers) {
    const values = headers[originalKey] ?? []
    values.push(value)
    headers[originalKey] = values
  }
  return headers
}

/** Returns an attachment by its id; `undefined` if there is none. */
export const attachmentOf = (mail: StoredMail, partId: string): Attachment | undefined =>
  mail.parsed.attachments.find((_, index) => idOfPart(index) === partId)

/** Returns the bytes of an attachment. */
export const bytesOf = ({ content }: Attachment): Buffer =>
  typeof content === 'string' ? Buffer.from(content) : Buffer.from(content as Uint8Array)

/** Returns the text of a mail, else that of its HTML. */
export const textOf = ({ parsed }: StoredMail): string =>
  parsed.text ?? (parsed.html ?? '').replace(/<[^>]*>/g, ' ')

// ---

const common = ({ id, envelope, parsed, raw }: StoredMail) => {
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
    Tags: [],
    Size: raw.length,
  }
}

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

const partOf = (attachment: Attachment, index: number): ApiPart => ({
  PartID: idOfPart(index),
  FileName: attachment.filename ?? '',
  ContentType: attachment.mimeType,
  ContentID: (attachment.contentId ?? '').replace(/^<|>$/g, ''),
  Size: bytesOf(attachment).length,
})

const idOfPart = (index: number) => String(index + 2)

const dateOf = (header: string | undefined, otherwise: Date): Date => {
  const date = new Date(header ?? '')
  return Number.isNaN(date.getTime()) ? otherwise : date
}
