import { encodeStrictly } from '../../percent.ts'
import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'

/** One page of a list. */
export interface Page<T> {
  readonly entries: readonly T[]
  readonly prefixes: readonly string[]
  readonly truncated: boolean
  /** Last entry or common prefix; the next page starts after it. */
  readonly last: T | string | undefined
}

/** What a page is made of. */
export interface PageOptions {
  readonly prefix: string
  readonly delimiter: string
  readonly most: number
  /** Common prefix that the previous page ended with. */
  readonly shown?: string | undefined
}

/**
 * Returns one page of a list. Keys that are equal up to the delimiter are one common prefix.
 *
 * @param entries sorted, from the start of the page.
 */
export const takePage = <T extends { readonly key: string }>(
  entries: Iterable<T>,
  { prefix, delimiter, most, shown }: PageOptions,
): Page<T> => {
  const taken: T[] = []
  const prefixes: string[] = []
  let last: T | string | undefined
  for (const entry of entries) {
    if (!entry.key.startsWith(prefix)) {
      if (taken.length + prefixes.length === 0 && entry.key < prefix) continue
      break
    }
    const at = delimiter === '' ? -1 : entry.key.indexOf(delimiter, prefix.length)
    const common = at === -1 ? undefined : entry.key.slice(0, at + delimiter.length)
    if (common !== undefined && (common === shown || common === prefixes.at(-1))) continue
    if (taken.length + prefixes.length >= most)
      return { entries: taken, prefixes, truncated: most > 0, last }
    if (common === undefined) taken.push(entry)
    else prefixes.push(common)
    last = common ?? entry
  }
  return { entries: taken, prefixes, truncated: false, last: undefined }
}

/** Returns a parameter that limits a page; 1000 is default and maximum. @throws {S3Error} `InvalidArgument`. */
export const readMost = (request: S3Request, name: string): number => {
  const text = request.param(name)
  if (text === undefined || text === '') return 1000
  const most = Number(text)
  if (!Number.isInteger(most) || most < 0)
    throw new S3Error('InvalidArgument', {
      message: `Provided ${name} not an integer or within integer range`,
      details: { ArgumentName: name, ArgumentValue: text },
    })
  return Math.min(most, 1000)
}

/** Returns the encoding of keys: none, or percent-encoding if the request asks for it. */
export const readEncoding = (
  request: S3Request,
): { readonly type: 'url' | undefined; encode(text: string): string } => {
  const type = request.param('encoding-type')
  if (type !== undefined && type !== 'url')
    throw new S3Error('InvalidArgument', {
      message: 'Invalid Encoding Method specified in Request',
      details: { ArgumentName: 'encoding-type', ArgumentValue: type },
    })
  return {
    type,
    encode: (text) => (type === undefined ? text : text.split('/').map(encodeStrictly).join('/')),
  }
}
