import type { IncomingMessage } from 'node:http'
import { S3Error } from '../s3-error.ts'

/** A request, parsed as S3 does: its bucket and key, by path or by host name, and its parameters. */
export interface S3Request {
  readonly id: string
  readonly method: string
  /** Path as it was sent, percent-encoded, without the query. */
  readonly rawPath: string
  /** Query as it was sent, without the question mark. */
  readonly rawQuery: string
  /** Whether the bucket is in the host name, not in the path. */
  readonly virtualHost: boolean
  readonly bucket: string | undefined
  readonly key: string | undefined
  /** Parameters, decoded, in order. */
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Headers by name in lower case; several of one name are joined by commas. */
  readonly headers: ReadonlyMap<string, string>
  readonly raw: IncomingMessage
  /** Returns the first value of a query parameter. */
  param(name: string): string | undefined
  /**
   * Returns a header; for an `x-amz-` header also the parameter of a presigned URL. Checksums in parameters are ignored,
   * as in S3, because SDKs put the checksum of an empty body into a presigned URL.
   */
  header(name: string): string | undefined
}

/** Parses a request. @param domains host names whose subdomains are buckets: `invoices.localhost`. */
export const readRequest = (
  raw: IncomingMessage,
  id: string,
  domains: readonly string[],
): S3Request => {
  const [rawPath = '/', rawQuery = ''] = splitOnce(originForm(raw.url ?? '/'), '?')
  const headers = new Map<string, string>()
  for (let at = 0; at < raw.rawHeaders.length; at += 2) {
    const name = (raw.rawHeaders[at] ?? '').toLowerCase()
    const value = (raw.rawHeaders[at + 1] ?? '').trim()
    const before = headers.get(name)
    headers.set(name, before === undefined ? value : `${before},${value}`)
  }
  const query = rawQuery
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => splitOnce(pair, '=').map((part) => decode(part.replaceAll('+', ' '))))
    .map(([name = '', value = '']) => [name, value] as const)
  const param = (name: string) => query.find(([found]) => found === name)?.[1]
  const virtual = bucketOfHost(headers.get('host') ?? '', domains)
  const [first = '', rest = ''] =
    virtual === undefined ? splitOnce(rawPath.slice(1), '/') : [virtual, rawPath.slice(1)]
  const key = decode(rest)
  if (Buffer.byteLength(key) > 1024)
    throw new S3Error('KeyTooLongError', {
      details: { Size: Buffer.byteLength(key), MaxSizeAllowed: 1024 },
    })
  return {
    id,
    method: raw.method ?? 'GET',
    rawPath,
    rawQuery,
    virtualHost: virtual !== undefined,
    bucket: first === '' ? undefined : decode(first),
    key: key === '' ? undefined : key,
    query,
    headers,
    raw,
    param,
    header(name) {
      const found = headers.get(name)
      if (found !== undefined || !name.startsWith('x-amz-') || name.includes('checksum'))
        return found
      const moved = query.find(([one]) => one.toLowerCase() === name)?.[1]
      return moved === undefined ? undefined : asHeader(moved)
    },
  }
}

/** Encodes a text for a header: one character per byte of its UTF-8. */
export const asHeader = (text: string): string => Buffer.from(text, 'utf8').toString('latin1')

/** Decodes the text of a header. */
export const fromHeader = (text: string): string => Buffer.from(text, 'latin1').toString('utf8')

/** Decodes percent-encoding. @throws {S3Error} `InvalidURI`. */
export const decode = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch (cause) {
    throw new S3Error('InvalidURI', { cause })
  }
}

// ---

/** Removes scheme and authority, which clients send to what they take for a proxy. */
const originForm = (target: string): string =>
  target.replace(/^https?:\/\/[^/?]*/i, '').replace(/^(?=\?|$)/, '/')

const splitOnce = (text: string, separator: string): string[] => {
  const at = text.indexOf(separator)
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)]
}

const bucketOfHost = (host: string, domains: readonly string[]): string | undefined => {
  const name = host.replace(/:\d+$/, '').toLowerCase()
  const domain = domains.find((candidate) => name.endsWith(`.${candidate}`))
  return domain === undefined ? undefined : name.slice(0, -domain.length - 1)
}
