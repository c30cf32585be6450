import { once } from 'node:events'
import { connect } from 'node:net'

/** Returns numbers from 0 up to, not including, 1; the same ones for the same seed. @see mulberry32, by T. Ettinger. */
export const seeded = (seed: number): (() => number) => {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Returns one of the values. */
export const pick = <T>(random: () => number, values: readonly T[]): T =>
  values[Math.floor(random() * values.length)] as T

/** What a server is asked with bytes that no client library sends. */
export interface OddServer {
  readonly port: number
  /** Whether it sends something first, which clients wait for. */
  readonly greets?: boolean
  /** Rejects if the server does not answer a usual request. */
  check(): Promise<unknown>
}

/** Bytes of a request. */
export interface OddBytes {
  readonly bytes: Buffer
  /** What the server answers with in the end, unless it closes; `undefined` if it may wait for more. */
  readonly until: RegExp | undefined
}

/**
 * Sends bytes over a connection of their own, ends it with a reset, and checks that the server still answers others.
 *
 * @returns what came back; possibly nothing if the server waits for more.
 */
export const exchange = async (server: OddServer, { bytes, until }: OddBytes): Promise<string> => {
  const socket = connect({ port: server.port, host: '127.0.0.1' })
  let received = ''
  const answered = new Promise<void>((resolve) => {
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (until?.test(received)) resolve()
    })
    socket.on('close', () => resolve())
  })
  // The server may close the connection before it has read everything.
  socket.on('error', () => {})
  if (server.greets) await once(socket, 'data')
  socket.write(bytes)
  await (until === undefined ? server.check() : answered)
  socket.resetAndDestroy()
  await server.check()
  return received
}

/** Runs work, and returns the errors that would have ended a process meanwhile. */
export const unhandledDuring = async (work: () => Promise<void>): Promise<readonly unknown[]> => {
  const found: unknown[] = []
  const note = (error: unknown) => void found.push(error)
  const kinds = ['uncaughtException', 'unhandledRejection'] as const
  for (const kind of kinds) process.on(kind, note)
  try {
    await work()
    return found
  } finally {
    for (const kind of kinds) process.off(kind, note)
  }
}

const targets = [
  '/',
  '//',
  '//:',
  '///',
  '/\\',
  '*',
  '?',
  '/%',
  '/%zz',
  '/%00',
  '/%c0%ae%c0%ae/',
  '/..%2f..%2fetc',
  '/a?%',
  '/a?constructor',
  '/a?__proto__=1',
  'http://x:99999/',
  'http://x',
  'HTTP://[::1/',
  'ftp://x/',
  `/${'a'.repeat(2_000)}`,
  `/?${'b=c&'.repeat(500)}`,
]

/** With them the server may wait for more, or talk another protocol. */
const waiting = /^(content-length|transfer-encoding|expect|upgrade|connection|content-encoding)/i

const headers = [
  'Host:',
  'Host: %%%',
  'Host: a:b:c',
  'Origin: null',
  'Origin: https://app.test',
  'Range: bytes=9-1',
  'Range: bytes=99999999999999999999-',
  'If-None-Match: "',
  'If-Modified-Since: never',
  'Expect: 100-continue',
  'Expect: other',
  'Upgrade: websocket',
  'Upgrade: h2c',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: x',
  'Content-Length: 0',
  'Content-Length: -1',
  'Content-Length: 99999999999',
  'Transfer-Encoding: chunked',
  'Transfer-Encoding: gzip',
  'Content-Type: multipart/form-data',
  'Content-Type: multipart/form-data; boundary=',
  'Content-Encoding: aws-chunked',
  'Authorization: AWS4-HMAC-SHA256',
  'Authorization: AWS4-HMAC-SHA256 Credential=/, SignedHeaders=, Signature=',
  'Authorization: Basic %',
  'X-Amz-Date: 99999999T999999Z',
  'X-Amz-Copy-Source: %zz',
  'X-Amz-Meta-: x',
  'X-Amz-Tagging: %&=',
  `X-Long: ${'x'.repeat(20_000)}`,
  'No colon',
  ' folded',
  'Nul: \0',
  'Bytes: \xff\xfe',
]

/** Returns a request with an odd request line, odd headers or an odd body. @param paths of the server, to reach its routes. */
export const oddRequest = (random: () => number, paths: readonly string[]): OddBytes => {
  const method = pick(random, [
    'GET',
    'HEAD',
    'POST',
    'PUT',
    'PATCH',
    'DELETE',
    'OPTIONS',
    'CONNECT',
  ])
  const target = `${random() < 0.6 ? pick(random, paths) : ''}${pick(random, targets)}`
  const version =
    random() < 0.9 ? 'HTTP/1.1' : pick(random, ['HTTP/1.0', 'HTTP/0.9', 'HTTP/2.0', ''])
  const lines = Array.from({ length: Math.floor(random() * 4) }, () => pick(random, headers))
  const host = random() < 0.9 ? ['Host: localhost'] : []
  const body = pick(random, ['', '', '{', 'null', '[]', '5\r\nabc', '<a><b/></a>', '--\r\n\r\n'])
  const text = `${[`${method} ${target} ${version}`, ...host, ...lines].join('\r\n')}\r\n\r\n${body}`
  return {
    bytes: Buffer.from(text, 'latin1'),
    until: lines.some((line) => waiting.test(line)) ? undefined : /^HTTP/,
  }
}
