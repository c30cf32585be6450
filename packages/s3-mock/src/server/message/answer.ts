import type { Readable } from 'node:stream'
import { writeXml, type XmlContent } from './xml.ts'

/** A response of an operation. */
export interface Answer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string | number | undefined>>
  readonly body?: string | Readable
}

export const empty = (headers: Answer['headers'] = {}): Answer => ({ status: 200, headers })

export const noContent = (headers: Answer['headers'] = {}): Answer => ({ status: 204, headers })

export const xml = (
  root: string,
  content: XmlContent,
  headers: Answer['headers'] = {},
): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: writeXml(root, content),
})

/** Returns a time as in XML documents of S3. */
export const isoTime = (ms: number): string => new Date(ms).toISOString()

/** Returns a time as in headers of S3. */
export const httpTime = (ms: number): string => new Date(ms).toUTCString()

/** Owner of all buckets and objects. */
export const owner = {
  ID: '6d65736f636f736d6d65736f636f736d6d65736f636f736d6d65736f636f736d',
  DisplayName: 'mesocosm',
}
