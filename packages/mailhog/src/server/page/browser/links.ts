import { type Content, outwardLink } from '../../../../../../servers/page/browser/element.ts'
import { parseInert } from '../../../../../../servers/page/browser/parse-inert.ts'
import type { ApiMessage } from '../../../mailpit-api.ts'

/** A link of a mail. */
export interface Link {
  readonly address: string
  /** What the mail shows; `''` if it is in the text. */
  readonly label: string
}

/** Returns the links of a mail's HTML, then those of its text, once each. */
export const linksIn = ({ HTML, Text }: Pick<ApiMessage, 'HTML' | 'Text'>): Link[] => {
  const found = new Map<string, Link>()
  const add = (address: string, label: string) => {
    if (address !== '' && !address.startsWith('#') && !found.has(address))
      found.set(address, { address, label: label.replace(/\s+/g, ' ').trim().slice(0, 200) })
  }
  if (HTML !== '')
    for (const link of parseInert(HTML).querySelectorAll('a[href], area[href]'))
      add(link.getAttribute('href')?.trim() ?? '', link.textContent)
  for (const [address] of Text.matchAll(url)) add(withoutPunctuation(address), '')
  return [...found.values()]
}

/** Returns text whose addresses are links. */
export const linkedText = (text: string): Content[] => {
  const parts: Content[] = []
  let from = 0
  for (const { 0: match, index } of text.matchAll(url)) {
    const address = withoutPunctuation(match)
    parts.push(text.slice(from, index), outwardLink(address))
    from = index + address.length
  }
  return [...parts, text.slice(from)]
}

// ---

const url = /\bhttps?:\/\/[^\s<>"]+/gi

/** In `(see https://a.test/b).` the address ends before the bracket. */
const withoutPunctuation = (address: string): string => {
  const trimmed = address.replace(/[.,;:!?'*_\]]+$/, '')
  const unopened = trimmed.split(')').length > trimmed.split('(').length
  return trimmed.endsWith(')') && unopened ? withoutPunctuation(trimmed.slice(0, -1)) : trimmed
}
