import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ControlLimits } from '../limits.ts'
import { RequestError } from './errors.ts'

type Limits = Pick<ControlLimits, 'bodyBytes' | 'bodyDepth'>

/**
 * Returns the JSON value of a request's body; `undefined` if it is empty. Throws `REQUEST_INVALID`: 413 for one that
 * is too long, 415 for one that is not declared as JSON, 400 for one that is not JSON.
 */
export const readBody = async (
  request: IncomingMessage,
  response: ServerResponse,
  limits: Limits,
): Promise<unknown> => {
  const length = Number(request.headers['content-length'] ?? 0)
  const isEmpty = length === 0 && request.headers['transfer-encoding'] === undefined
  if (isEmpty) return undefined
  if (length > limits.bodyBytes) {
    if (request.headers.expect === undefined && length <= pastBytes(limits))
      await bytesOf(request, limits)
    throw tooLong(limits)
  }
  assertJson(request)
  // Only now does the client send a body that it asked about.
  if (request.headers.expect !== undefined) response.writeContinue()
  const bytes = await bytesOf(request, limits)
  return bytes.length === 0 ? undefined : parseJson(bytes, limits.bodyDepth)
}

/** Returns the value of JSON bytes. Throws `REQUEST_INVALID`. */
export const parseJson = (bytes: Uint8Array, depth: number): unknown => {
  const text = decoded(bytes)
  if (depthOf(text) > depth) throw invalid(400, `the body is nested more than ${depth} levels deep`)
  try {
    return JSON.parse(text, (key, value: unknown) => {
      // Assigned to an object, it would be the object's prototype and no key.
      if (key === '__proto__') throw invalid(400, 'the body has a key "__proto__"')
      return value
    })
  } catch (error) {
    if (error instanceof RequestError) throw error
    throw invalid(400, `the body is not JSON: ${(error as Error).message}`)
  }
}

// ---

const assertJson = ({ headers }: IncomingMessage): void => {
  const type = headers['content-type']
  const isJson = /^application\/(merge-patch\+)?json *(; *charset="?utf-8"? *)?$/i.test(type ?? '')
  if (!isJson || headers['content-encoding'] !== undefined)
    throw invalid(
      415,
      isJson
        ? `the body is encoded as ${headers['content-encoding']}`
        : `the body is declared as ${type ?? 'nothing'}`,
      'send JSON with the header `Content-Type: application/json`',
    )
}

const bytesOf = async (request: IncomingMessage, limits: Limits): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > pastBytes(limits)) throw tooLong(limits)
      if (length <= limits.bodyBytes) chunks.push(chunk)
    }
  } catch (error) {
    if (error instanceof RequestError) throw error
    throw invalid(400, `the body ended early: ${(error as Error).message}`)
  }
  if (length > limits.bodyBytes) throw tooLong(limits)
  return Buffer.concat(chunks)
}

/** A client that still sends when its connection ends gets no answer, so a body that is somewhat too long is read. */
const pastBytes = ({ bodyBytes }: Limits): number => 4 * bodyBytes

const decoded = (bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw invalid(400, 'the body is not UTF-8')
  }
}

/** Returns the deepest level of brackets outside of strings, without recursion. */
const depthOf = (text: string): number => {
  let depth = 0
  let deepest = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at)
    if (inString) {
      if (char === backslash) at++
      else if (char === quote) inString = false
    } else if (char === quote) inString = true
    else if (char === openBracket || char === openBrace) deepest = Math.max(deepest, ++depth)
    else if (char === closeBracket || char === closeBrace) depth--
  }
  return deepest
}

const quote = 0x22
const backslash = 0x5c
const openBracket = 0x5b
const closeBracket = 0x5d
const openBrace = 0x7b
const closeBrace = 0x7d

const tooLong = ({ bodyBytes }: Limits) =>
  invalid(413, `the body is longer than ${bodyBytes} bytes`, 'send less, or use a file')

const invalid = (status: number, message: string, remedy = 'correct the body of the request') =>
  new RequestError(status, { code: 'REQUEST_INVALID', message, remedy })
