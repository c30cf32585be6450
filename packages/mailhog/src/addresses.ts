import { type Address, addressParser } from 'postal-mime'

/**
 * Returns the addresses of a header value. They are parsed one by one, because the parser takes a time that grows with the
 * square of their number.
 */
export const addressesIn = (value: string): Address[] =>
  split(value)
    .flatMap((one) => addressParser(one))
    .map(local)

// ---

const closing: Readonly<Record<string, string>> = { '"': '"', '(': ')', '<': '>', ':': ';' }

const split = (value: string): string[] => {
  const parts: string[] = []
  let start = 0
  let end = ''
  for (let at = 0; at < value.length; at++) {
    const character = value[at] as string
    if (end === '"' && character === '\\') at += 1
    else if (end !== '' && character !== end) continue
    else if (character === ',' || character === ';') {
      parts.push(value.slice(start, at + 1))
      start = at + 1
      end = ''
    } else end = end === '' ? (closing[character] ?? '') : ''
  }
  return [...parts, value.slice(start)]
}

/** `To: root`, as system programs write it, is an address without a domain, not a name without an address. */
const local = (parsed: Address): Address =>
  parsed.group === undefined && parsed.address === '' && /^[^\s@"]+$/.test(parsed.name)
    ? { name: '', address: parsed.name }
    : parsed
