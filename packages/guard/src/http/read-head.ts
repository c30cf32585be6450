import { readFields } from './read-fields.ts'
import { readTarget } from './read-target.ts'
import { type Refusal, refusable, refuse } from './refusal.ts'
import { type Method, methods, type RequestHead } from './request-head.ts'

/** Longest head in bytes. Clients repeat bodies of 20 KB and more in the query of a create request. */
export const maxHeadBytes = 1024 * 1024

/** `more` if the head has not ended yet; `length` is the number of bytes of the head. */
export type HeadResult =
  | { readonly more: true }
  | { readonly head: RequestHead; readonly length: number }
  | { readonly refuse: Refusal }

/**
 * Reads the head of an HTTP/1.1 request. What another reader could read in another way is refused: bare CR or LF,
 * control characters, folded lines, two lengths, repeated fields, encoded or relative paths, absolute targets.
 *
 * @param bytes all bytes since the request began; after a refusal the connection must be closed.
 */
export const readHead = (bytes: Uint8Array): HeadResult =>
  refusable((): HeadResult => {
    const length = findEnd(bytes)
    if (length === undefined) return { more: true }
    const [first = '', ...lines] = latin1(bytes.subarray(0, length - 4)).split('\r\n')
    const { method, target } = readRequestLine(first)
    return { head: { method, ...readTarget(target), ...readFields(lines) }, length }
  })

// ---

const cr = 13
const lf = 10
const tab = 9

/** Returns the length of the head with its empty line; checks every byte on the way. */
const findEnd = (bytes: Uint8Array): number | undefined => {
  const limit = Math.min(bytes.length, maxHeadBytes)
  for (let at = 0; at < limit; at++) {
    const byte = bytes[at] as number
    if (byte === lf) {
      if (bytes[at - 1] !== cr) refuse(400, 'the head has a line feed without a carriage return')
      if (at >= 3 && bytes[at - 2] === lf) return at + 1
    } else if (bytes[at - 1] === cr) refuse(400, 'the head has a carriage return without line feed')
    else if (byte !== cr && byte !== tab && (byte < 0x20 || byte > 0x7e))
      refuse(400, 'the head has a byte that is not printable ASCII')
  }
  if (bytes.length >= maxHeadBytes) refuse(431, `the head is longer than ${maxHeadBytes} bytes`)
  return undefined
}

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')

const readRequestLine = (line: string): { readonly method: Method; readonly target: string } => {
  const [, name = '', target = '', version] = /^([A-Z]+) ([!-~]+) HTTP\/(\d\.\d)$/.exec(line) ?? []
  if (version === undefined) refuse(400, 'the request line is malformed')
  if (version !== '1.1') refuse(505, `HTTP ${version} is not supported; use HTTP 1.1`)
  const method = methods.find((known) => known === name)
  return { method: method ?? refuse(403, `method ${name} is not allowed`), target }
}
