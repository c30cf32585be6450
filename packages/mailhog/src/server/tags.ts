import type { ParsedMail } from '../parse-mail.ts'
import type { Envelope } from './mailbox.ts'

const longest = 100

/**
 * Returns the tags of a mail that has arrived: those of its `X-Tags` headers, separated by commas, and the parts after a
 * plus of its addresses, such as `spring` in `ann+spring@example.test`.
 */
export const tagsOf = (
  { headers, from, to, cc, bcc }: ParsedMail,
  envelope: Envelope,
): string[] => {
  const listed = headers
    .filter(({ key }) => key === 'x-tags')
    .flatMap(({ value }) => value.split(','))
  const addresses = [from ?? [], to ?? [], cc ?? [], bcc ?? []]
    .flat()
    .flatMap((address) => (address.group === undefined ? [address] : address.group))
    .map(({ address }) => address)
  const afterPlus = [...addresses, ...envelope.to].flatMap((address) => {
    const local = address.slice(0, address.lastIndexOf('@'))
    return local.includes('+') ? local.slice(local.indexOf('+') + 1).split('+') : []
  })
  return uniqueTags([...listed, ...afterPlus])
}

/** Returns valid tags, sorted, once each in any case of letters. */
export const uniqueTags = (tags: readonly string[]): string[] => {
  const unique = new Map<string, string>()
  for (const tag of tags.map(validTag))
    if (tag !== '' && !unique.has(tag.toLowerCase())) unique.set(tag.toLowerCase(), tag)
  return [...unique.values()].sort()
}

/** Returns a tag with a space instead of each run of other characters than letters, digits and `- _ . @`; `''` for none. */
export const validTag = (tag: string): string =>
  tag
    .replace(/[^a-z0-9\-_.@]+/gi, ' ')
    .trim()
    .slice(0, longest)
    .trim()
