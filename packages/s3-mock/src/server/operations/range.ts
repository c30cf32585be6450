import { S3Error } from '../s3-error.ts'

/** `end` is the byte after the last. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/**
 * Parses a `Range` header. Unknown formats and several ranges are ignored.
 *
 * @throws {S3Error} `InvalidRange` if the object has no byte in the range.
 */
export const readRange = (text: string | undefined, size: number): ByteRange | undefined => {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(text?.trim() ?? '') ?? []
  if (first === '' && last === '') return undefined
  if (first !== '' && last !== '' && Number(last) < Number(first)) return undefined
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  if (start >= size || start >= end)
    throw new S3Error('InvalidRange', {
      details: { RangeRequested: text ?? '', ActualObjectSize: size },
      headers: { 'content-range': `bytes */${size}` },
    })
  return { start, end }
}

/** Parses a range of the source of a copy: `bytes=<first>-<last>`, both within it. @throws {S3Error} `InvalidArgument`. */
export const readCopyRange = (text: string, size: number): ByteRange => {
  const [, first = '', last = ''] = /^bytes=(\d+)-(\d+)$/.exec(text) ?? []
  const range = { start: Number(first), end: Number(last) + 1 }
  if (first !== '' && range.start < range.end && range.end <= size) return range
  throw new S3Error('InvalidArgument', {
    message:
      first === '' || range.start >= range.end
        ? 'The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy'
        : `Range specified is not valid for source object of size: ${size}`,
    details: { ArgumentName: 'x-amz-copy-source-range', ArgumentValue: text },
  })
}
