import { expect, test } from 'vitest'
import { readHead } from './read-head.ts'
import { refusalBody } from './refusal.ts'
import { writeChunk, writeRequest } from './write-request.ts'

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString()

test('a request is written with its version, an encoded query and a length', () => {
  const value = new Map([['Name', 'ä']])
  expect(
    text(
      writeRequest({
        method: 'POST',
        version: '1.44',
        path: ['images', 'a:1'],
        query: [['filters', '{"a":["b&c"]}']],
        body: { kind: 'json', value },
        upgrade: false,
      }),
    ),
  ).toBe(
    [
      'POST /v1.44/images/a:1?filters=%7B%22a%22%3A%5B%22b%26c%22%5D%7D HTTP/1.1',
      'Host: docker',
      'User-Agent: mesocosm-guard',
      'Connection: close',
      'Content-Type: application/json',
      'Content-Length: 13',
      '',
      '{"Name":"ä"}',
    ].join('\r\n'),
  )
})

test('what is written is read back as the same request', () => {
  const query = [['path', '/a b+c/ä?&=%\r\n']] as const
  const bytes = writeRequest({
    method: 'PUT',
    version: '1.44',
    path: ['containers', 'a', 'archive'],
    query,
    body: { kind: 'tar', maxBytes: 1 },
    upgrade: false,
  })
  expect(readHead(bytes)).toMatchObject({
    head: { method: 'PUT', version: '1.44', query, framing: { kind: 'chunked' } },
    length: bytes.length,
  })
})

test('a raw stream is asked for with an upgrade, and chunks have their size', () => {
  const request = { method: 'POST', version: '1.44', path: ['exec'], query: [] } as const
  const bytes = writeRequest({ ...request, body: { kind: 'none' }, upgrade: true })
  expect(text(bytes)).toContain(
    '\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n',
  )
  expect(text(writeChunk(Buffer.from('0123456789')))).toBe('a\r\n0123456789\r\n')
  expect(text(writeChunk(Buffer.from('')))).toBe('0\r\n\r\n')
})

test('a refusal has the form of an error of the engine', () => {
  expect(refusalBody({ status: 403, message: 'no "x"' })).toBe('{"message":"no \\"x\\""}\n')
})
