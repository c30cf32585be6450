import type { Readable } from 'node:stream'
import { writeXml, type XmlContent } from './xml.ts'

/** A response of an operation. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | number | undefined>>
  readonly body?: string | Buffer | Readable
}

/** Returns a response with status 200 and no body. */
export const empty = (headers: Answer['headers'] = {}): Answer => ({ status: 200, headers })

/** Returns a response with status 204. */
export const noContent = (headers: Answer['headers'] = {}): Answer => ({ status: 204, headers })

/** Returns a response with status 200 and an XML document. */
export const xml = (
  root: string,
  content: XmlContent,
  headers: Answer['headers'] = {},
): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: writeXml(root, content),
})

/** Formats a time for an XML document. @param ms since 1970. */
export const isoTime = (ms: number): string => new Date(ms).toISOString()

/** Formats a time for a header. @param ms since 1970. */
export const httpTime = (ms: number): string => new Date(ms).toUTCString()

/** Owner of all buckets and objects. */
export const owner = {
  ID: '6d65736f636f736d6d65736f636f736d6d65736f636f736d6d65736f636f736d',
  DisplayName: 'mesocosm',
}
