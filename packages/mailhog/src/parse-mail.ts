import PostalMime, { decodeWords, type Email } from 'postal-mime'
import { addressesIn } from './addresses.ts'
import { joinEncodedWords } from './encoded-words.ts'

/** A parsed mail. Groups of addresses are as they are in the headers. */
export type ParsedMail = Email

/**
 * Returns a mail parsed from its source. Never rejects: of a mail that the parser refuses, such as one with hundreds of
 * nested parts, it returns the headers, and everything after them as text.
 */
export const parseMail = async (source: Uint8Array): Promise<ParsedMail> => {
  const { head, body } = splitMail(Buffer.from(source.buffer, source.byteOffset, source.byteLength))
  // The parser joins folded lines in a time that grows with the square of their number.
  const unfolded = head.toString('latin1').replace(/\r?\n(?=[ \t])/g, '')
  const headers = unfolded.replace(addressHeaders, `${hidden}$&`)
  const whole = Buffer.concat([Buffer.from(joinNames(headers), 'latin1'), joinNamesOfParts(body)])
  const parsed = await PostalMime.parse(whole, { maxHeadersSize: mostHeaders }).catch(() =>
    headersAndText(headers, body),
  )
  return completed(parsed)
}

// ---

/** Bytes of headers, of the mail or of one of its parts, that are read. */
const mostHeaders = 256 * 1024

/** Names of headers that the parser would read, which `addressesIn` does faster and in their order. */
const addressHeaders = /^(?:from|sender|to|cc|bcc|reply-to|delivered-to|return-path)(?=[ \t]*:)/gim
const hidden = 'x-mesocosm-hidden-'

const shown = (name: string): string => (name.startsWith(hidden) ? name.slice(hidden.length) : name)

/** Joins the encoded words of file names, which the parser returns decoded. */
const joinNames = (headers: string): string =>
  headers.replace(/^content-(?:type|disposition):[^\n]*(?:\n[ \t][^\n]*)*/gim, joinEncodedWords)

/** Headers of parts are the lines between a boundary and the next empty line. */
const joinNamesOfParts = (body: Buffer): Buffer => {
  if (!body.includes('=?')) return body
  const text = body.toString('latin1')
  const joined = text.replace(/^--[^\r\n]+\r?\n(?:[^\r\n]+\r?\n)*/gm, joinNames)
  return joined === text ? body : Buffer.from(joined, 'latin1')
}

const headersAndText = async (head: string, body: Buffer): Promise<Email> => {
  const kept = head.slice(0, mostHeaders)
  // A line that was cut off is dropped, and so are the headers that describe the parts.
  const lines = head.length > mostHeaders ? kept.slice(0, kept.lastIndexOf('\n') + 1) : kept
  const described = lines.replace(/^content-[^\n]*\n/gim, '').trim()
  const parsed = await PostalMime.parse(Buffer.from(`${described}\r\n\r\n`, 'latin1'))
  return { ...parsed, text: body.toString('utf8'), attachments: [] }
}

const splitMail = (source: Buffer): { readonly head: Buffer; readonly body: Buffer } => {
  if (/^\r?\n/.test(source.subarray(0, 2).toString('latin1')))
    return { head: Buffer.alloc(0), body: source }
  const ends = ['\r\n\r\n', '\n\n'].flatMap((mark) => {
    const at = source.indexOf(mark)
    return at === -1 ? [] : [{ at, next: at + mark.length }]
  })
  const end = ends.sort((one, other) => one.at - other.at)[0]
  if (end === undefined) return { head: source, body: Buffer.alloc(0) }
  return { head: source.subarray(0, end.next), body: source.subarray(end.next) }
}

/**
 * Reads subject and addresses from the headers: the parser does not join encoded words that cut a character and are
 * padded.
 */
const completed = (parsed: Email): Email => {
  const headers = parsed.headers.map(({ key, originalKey, value }) => ({
    key: shown(key),
    originalKey: shown(originalKey),
    value,
  }))
  const valuesOf = (name: string): string[] =>
    headers.filter(({ key }) => key === name).map(({ value }) => joinEncodedWords(value))
  const addresses = (name: string) => valuesOf(name).flatMap(addressesIn)
  const [from] = addresses('from')
  const [subject] = valuesOf('subject')
  const lists = { to: 'to', cc: 'cc', bcc: 'bcc', replyTo: 'reply-to' } as const
  return {
    ...parsed,
    headers,
    ...(from === undefined ? {} : { from }),
    ...(subject === undefined ? {} : { subject: decodeWords(subject) }),
    ...Object.fromEntries(
      Object.entries(lists)
        .map(([key, name]) => [key, addresses(name)] as const)
        .filter(([, found]) => found.length > 0),
    ),
  }
}
