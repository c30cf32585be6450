import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { encodeStrictly } from '../../percent.ts'
import { decode, fromHeader, type S3Request } from '../message/request.ts'

/* Signature version 4 as in S3. @see AWS documentation, «Create a signed AWS API request». */

/** Algorithm of signature version 4. */
export const algorithm = 'AWS4-HMAC-SHA256'

/** `<date>/<region>/<service>/aws4_request`, parsed. */
export interface Scope {
  readonly date: string
  readonly region: string
  readonly text: string
}

/** Returns the SHA-256, hex. */
export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex')

/** Returns the key for everything that is signed in a scope. The last keys are kept: all requests of a day share one. */
export const signingKey = (secret: string, { date, region }: Scope): Buffer => {
  const name = JSON.stringify([secret, date, region])
  const known = signingKeys.get(name)
  if (known !== undefined) return known
  const key = [date, region, 's3', 'aws4_request'].reduce<Buffer>(
    (key, part) => createHmac('sha256', key).update(part).digest(),
    Buffer.from(`AWS4${secret}`),
  )
  if (signingKeys.size >= maxKeys) signingKeys.clear()
  signingKeys.set(name, key)
  return key
}

/** Returns a signature, hex. */
export const sign = (key: Buffer, text: string): string =>
  createHmac('sha256', key).update(text).digest('hex')

/** Returns the canonical request, which is signed. */
export const canonicalRequest = (
  request: S3Request,
  signedHeaders: readonly string[],
  payloadHash: string,
): string => {
  const path = request.rawPath
    .split('/')
    .map((segment) => encodeStrictly(decode(segment)))
    .join('/')
  const query = request.query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encodeStrictly(name), encodeStrictly(value)] as const)
    .sort(([a, x], [b, y]) => compare(a, b) || compare(x, y))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
  const headers = signedHeaders.map(
    (name) =>
      `${name}:${fromHeader(request.headers.get(name) ?? '')
        .trim()
        .replace(/ +/g, ' ')}\n`,
  )
  return [request.method, path, query, headers.join(''), signedHeaders.join(';'), payloadHash].join(
    '\n',
  )
}

/** Returns the string that is signed. */
export const stringToSign = (date: string, scope: Scope, canonical: string): string =>
  [algorithm, date, scope.text, sha256(canonical)].join('\n')

/** Returns `20260131T235959Z` in milliseconds; `NaN` if it is malformed. */
export const readAmzDate = (text: string): number => {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (found === null) return Number.NaN
  const [, year, month, day, hour, minute, second] = found
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/** Returns whether two strings are equal, in constant time. */
export const sameText = (a: string, b: string): boolean =>
  timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)))

// ---

const signingKeys = new Map<string, Buffer>()

const maxKeys = 100

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
