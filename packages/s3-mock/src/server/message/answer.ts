import type { Readable } from 'node:stream'
import { writeXml, type XmlContent } from './xml.ts'

/** What an operation answers. */
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

/** As S3 writes times in documents. */
export const isoTime = (ms: number): string => new Date(ms).toISOString()

/** As S3 writes times in headers. */
export const httpTime = (ms: number): string => new Date(ms).toUTCString()

/** Who owns everything here. */
export const owner = {
  ID: '6d65736f636f736d6d65736f636f736d6d65736f636f736d6d65736f636f736d',
  DisplayName: 'mesocosm',
}
