import { refuse } from './refusal.ts'
import type { RequestHead } from './request-head.ts'

type Target = Pick<RequestHead, 'version' | 'path' | 'query'>

/**
 * Reads a target in origin form. Of a path only `%3A` and `%40` are decoded, which clients write for the `:` and `@` of
 * image names; every other encoding is refused, so that one path has one spelling.
 *
 * @param target printable ASCII without spaces.
 * @throws RefusedError 400.
 */
export const readTarget = (target: string): Target => {
  if (!target.startsWith('/')) refuse(400, 'the target is not a path')
  if (!/^[\w\-.~!$&'()*+,;=:@%/?]*$/.test(target))
    refuse(400, 'the target has a character that must be percent-encoded')
  const mark = target.indexOf('?')
  const path = mark < 0 ? target : target.slice(0, mark)
  const segments = path.slice(1).split('/').map(readSegment)
  const [first = ''] = segments
  const query = mark < 0 ? [] : readQuery(target.slice(mark + 1))
  if (!/^v\d/.test(first)) return { path: segments, query }
  return { version: readVersion(first), path: segments.slice(1), query }
}

// ---

const readSegment = (raw: string): string => {
  const segment = raw.replaceAll(/%3a/gi, ':').replaceAll('%40', '@')
  if (segment === '') refuse(400, 'the path has an empty segment')
  if (/^\.+$/.test(segment)) refuse(400, 'the path has a relative segment')
  if (!/^[\w.:@+-]+$/.test(segment))
    refuse(400, 'a segment of the path has a character other than A-Z a-z 0-9 _ . : @ + -')
  return segment
}

const readVersion = (segment: string): string =>
  /^v1\.[45]\d$/.test(segment)
    ? segment.slice(1)
    : refuse(400, `API version ${segment} is not allowed; use v1.40 to v1.59`)

const readQuery = (raw: string): Target['query'] => {
  if (raw.includes(';')) refuse(400, 'the query has a semicolon; encode it as %3B')
  return raw
    .split('&')
    .filter((part) => part !== '')
    .map((part) => {
      const at = part.indexOf('=')
      const [name, value] = at < 0 ? [part, ''] : [part.slice(0, at), part.slice(at + 1)]
      return [decode(name), decode(value)] as const
    })
}

const decode = (raw: string): string => {
  try {
    const text = decodeURIComponent(raw.replaceAll('+', ' '))
    return text.includes('\0') ? refuse(400, 'the query has a NUL character') : text
  } catch (error) {
    if (!(error instanceof URIError)) throw error
    return refuse(400, 'the query is not percent-encoded UTF-8')
  }
}
