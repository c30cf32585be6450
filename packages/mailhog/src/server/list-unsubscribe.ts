import type { ApiListUnsubscribe } from '../mailpit-api.ts'

/** Returns the links of the headers `List-Unsubscribe` and `List-Unsubscribe-Post`, and what is wrong with them (RFC 2369, 8058). */
export const listUnsubscribeOf = (
  headers: readonly { readonly key: string; readonly value: string }[],
): ApiListUnsubscribe => {
  const headerOf = (name: string) => headers.find(({ key }) => key === name)?.value ?? ''
  const header = headerOf('list-unsubscribe')
  const post = headerOf('list-unsubscribe-post')
  const { links, errors } = header === '' ? { links: [], errors: [] } : linksOf(header)
  return { Header: header, Links: links, Errors: errors.join(', '), HeaderPost: post }
}

// ---

const linksOf = (header: string) => {
  const value = header.replace(/\([^()]*\)/g, '').trim()
  if (!/^<[^<>]*>(?:\s*,\s*<[^<>]*>)*$/.test(value))
    return { links: [], errors: [`"${value}" must be links in <>, separated by commas`] }
  const given = [...value.matchAll(/<([^<>]*)>/g)].map(([, link = '']) => link)
  const errors: string[] = []
  const links: string[] = []
  const seen = new Set<string>()
  for (const link of given) {
    const kind = /^mailto:[a-z0-9]/i.test(link)
      ? 'mailto'
      : /^https?:\/\/[a-z0-9]/i.test(link) && 'http'
    if (/\s/.test(link)) errors.push(`"${link}" must not have spaces`)
    else if (kind === false) errors.push(`"${link}" must start with https://, http:// or mailto:`)
    else if (seen.has(kind)) errors.push(`"${link}" is the second ${kind} link`)
    else if (!URL.canParse(link)) errors.push(`"${link}" is not a URL`)
    else {
      seen.add(kind)
      links.push(link)
    }
  }
  return { links, errors }
}
