import { writeJson } from '../json/json.ts'
import type { EngineRequest } from './engine-request.ts'

/**
 * Writes a request for the engine: always the same fields, a version in the path, everything encoded.
 *
 * @returns head, and the body if it is JSON; after the head of a `tar` body, write its chunks with `writeChunk`.
 */
export const writeRequest = (request: EngineRequest): Uint8Array => {
  const body = request.body.kind === 'json' ? Buffer.from(writeJson(request.body.value)) : undefined
  const head = [
    `${request.method} ${writeTarget(request)} HTTP/1.1`,
    'Host: docker',
    'User-Agent: mesocosm-guard',
    ...(request.upgrade ? ['Connection: Upgrade', 'Upgrade: tcp'] : ['Connection: close']),
    ...framing(request, body?.length ?? 0),
    '',
    '',
  ].join('\r\n')
  return Buffer.concat([Buffer.from(head, 'latin1'), ...(body === undefined ? [] : [body])])
}

/** Writes one chunk of a `tar` body; the empty chunk ends it. */
export const writeChunk = (data: Uint8Array): Uint8Array =>
  Buffer.concat([Buffer.from(`${data.length.toString(16)}\r\n`), data, Buffer.from('\r\n')])

/** Returns path and query, percent-encoded except `:` and `@` of image names. */
export const writeTarget = ({ version, path, query }: EngineRequest): string => {
  const segments = [`v${version}`, ...path].map((segment) =>
    encodeURIComponent(segment).replaceAll('%3A', ':').replaceAll('%40', '@'),
  )
  const pairs = query.map(
    ([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`,
  )
  return `/${segments.join('/')}${pairs.length === 0 ? '' : `?${pairs.join('&')}`}`
}

// ---

const framing = ({ body, method }: EngineRequest, length: number): readonly string[] => {
  switch (body.kind) {
    case 'json':
      return ['Content-Type: application/json', `Content-Length: ${length}`]
    case 'tar':
      return ['Content-Type: application/x-tar', 'Transfer-Encoding: chunked']
    case 'none':
      return method === 'POST' || method === 'PUT' ? ['Content-Length: 0'] : []
  }
}
