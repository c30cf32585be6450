import { encodeStrictly } from '../../percent.ts'
import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'

/** What a list shows of its entries at once. */
export interface Page<T> {
  readonly entries: readonly T[]
  readonly prefixes: readonly string[]
  readonly truncated: boolean
  /** What was shown last: where the next page goes on after. */
  readonly last: T | string | undefined
}

export interface PageOptions {
  readonly prefix: string
  readonly delimiter: string
  readonly most: number
  /** A common prefix that the page before ended with. */
  readonly shown?: string | undefined
}

/**
 * One page of a list; keys that are equal up to the delimiter are shown as one prefix.
 *
 * @param entries in order, from where the page begins.
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

/** A parameter that says how many; 1000 is the default and the most. @throws {S3Error} `InvalidArgument`. */
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

/** How keys are written: as they are, or percent-encoded when the request asks for it. */
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
