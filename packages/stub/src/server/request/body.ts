import type { IncomingMessage } from 'node:http'
import type { Media, RequestBody } from '../../model.ts'
import type { StubFault } from '../../wire.ts'
import { findMedia, isJson } from '../media-type.ts'
import { Problem } from '../problem.ts'
import type { Schemas } from '../schemas.ts'
import { readTree, treeOf } from './values.ts'

/** Longest body that is kept. */
const maxBytes = 32 * 1024 * 1024

/** Reads a whole body. @throws {Problem} 413. */
export const readBytes = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) throw new Problem(413, `the body is longer than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** A body as tests see it, and its faults. */
export interface ReadBody {
  /** JSON and forms as values, text as a string, other bytes in base64; `undefined` for none. */
  readonly value: unknown
  readonly faults: readonly StubFault[]
}

/** Reads and checks a body. @param described `undefined` if the operation has none. */
export const readBody = (
  described: RequestBody | undefined,
  bytes: Buffer,
  type: string,
  schemas: Schemas,
): ReadBody => {
  const media = described && findMedia(described.content, type)
  if (bytes.length === 0) {
    const faults: StubFault[] = described?.required ? [{ in: 'body', message: 'is required' }] : []
    return { value: undefined, faults }
  }
  let value: unknown
  try {
    value = parse(bytes, type, media?.media, schemas)
  } catch (error) {
    const message = `is not valid JSON: ${(error as Error).message}`
    return { value: bytes.toString('utf8'), faults: [{ in: 'body', message }] }
  }
  if (described === undefined) return { value, faults: [] }
  if (media === undefined) {
    const message = `must be ${Object.keys(described.content).join(' or ')}, not ${type === '' ? 'missing' : type}`
    return { value, faults: [{ in: 'content-type', message }] }
  }
  const { schema } = media.media
  // The parts of multipart bodies are not read, nor are bytes described by a schema.
  if (schema === undefined || !isRead(type)) return { value, faults: [] }
  const faults = schemas.check(schema, value, 'request')
  return { value, faults: faults.map(({ at, message }) => ({ in: 'body', at, message })) }
}

// ---

const isForm = (type: string): boolean => /^application\/x-www-form-urlencoded\b/i.test(type)
const isText = (type: string): boolean => /^text\//i.test(type)
const isRead = (type: string): boolean => isJson(type) || isForm(type) || isText(type)

const parse = (
  bytes: Buffer,
  type: string,
  media: Media | undefined,
  schemas: Schemas,
): unknown => {
  if (isJson(type)) return JSON.parse(bytes.toString('utf8'))
  if (isForm(type)) {
    const tree = readTree(new URLSearchParams(bytes.toString('utf8')))
    return treeOf(schemas, media?.schema ?? true, tree)
  }
  if (isText(type) || /^(multipart\/|application\/xml|[^;]*\+xml)/i.test(type) || type === '')
    return bytes.toString('utf8')
  return bytes.toString('base64')
}
