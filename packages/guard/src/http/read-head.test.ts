import { expect, test } from 'vitest'
import { randomOf } from '../test-scene.ts'
import { maxHeadBytes, readHead } from './read-head.ts'

const read = (text: string) => readHead(Buffer.from(text, 'latin1'))
const get = (target: string) => read(`GET ${target} HTTP/1.1\r\nHost: d\r\n\r\n`)
const withField = (...fields: readonly string[]) =>
  read(`POST /containers/create HTTP/1.1\r\nHost: d\r\n${fields.join('\r\n')}\r\n\r\n`)

test('a head is read with version, path, query and length', () => {
  const text =
    'POST /v1.44/images/a%3A1/json?x=a+b%26&y HTTP/1.1\r\nhost: d\r\nContent-Length: 2\r\n\r\n{}'
  expect(read(text)).toEqual({
    head: {
      method: 'POST',
      version: '1.44',
      path: ['images', 'a:1', 'json'],
      query: [
        ['x', 'a b&'],
        ['y', ''],
      ],
      framing: { kind: 'length', bytes: 2 },
      upgrade: false,
      expectsContinue: false,
    },
    length: text.length - 2,
  })
})

test('a head that has not ended asks for more', () => {
  const text = 'GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n'
  for (let length = 0; length < text.length; length++)
    expect(read(text.slice(0, length)), `${length} bytes`).toEqual({ more: true })
})

test.for([
  '/containers/%6ason',
  '/containers%2Fjson',
  '/containers%2fjson',
  '/%2e%2e/containers/json',
  '/containers/%252e/json',
  '/containers/../images/json',
  '/./containers/json',
  '/containers/.../json',
  '//containers/json',
  '/containers//json',
  '/containers/json/',
  '/containers\\json',
  '/containers/json#x',
  '/containers/j\u00e4son',
  'http://docker/containers/json',
  'containers/json',
  '*',
  '/v1.041/containers/json',
  '/v1.23/containers/json',
  '/v1.39/containers/json',
  '/v1.60/containers/json',
  '/v2/containers/json',
  '/v1.44.1/containers/json',
  '/containers/json?a;b=c',
  '/containers/json?a=%zz',
  '/containers/json?a=%ff',
  '/containers/json?a=%00',
])('the target %s is refused', (target) => {
  expect(get(target)).toMatchObject({ refuse: { status: 400 } })
})

test.for([
  ['both lengths', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
  ['two lengths', ['Content-Length: 2', 'Content-Length: 2']],
  ['a list of lengths', ['Content-Length: 2, 2']],
  ['a signed length', ['Content-Length: +2']],
  ['a length in hexadecimal', ['Content-Length: 0x2']],
  ['an inexact length', ['Content-Length: 9007199254740993']],
  ['an empty length', ['Content-Length:']],
  ['another coding', ['Transfer-Encoding: gzip, chunked']],
  ['identity as coding', ['Transfer-Encoding: identity']],
  ['two codings', ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked']],
  ['a space before the colon', ['Content-Length : 2']],
  ['a folded field', ['X: a', ' Content-Length: 2']],
  ['a field without name', [': a']],
  ['a field without colon', ['Content-Length']],
  ['a second host', ['Host: e']],
  ['a compressed body', ['Content-Encoding: gzip']],
  ['an upgrade to HTTP/2', ['Connection: Upgrade', 'Upgrade: h2c']],
  ['an upgrade that connection does not name', ['Upgrade: tcp']],
  ['connection that names another field', ['Connection: close, content-length']],
] as const)('a head with %s is refused', ([, fields]) => {
  expect(withField(...fields)).toMatchObject({ refuse: { status: 400 } })
})

test.for([
  ['a bare line feed', 'GET /_ping HTTP/1.1\nHost: d\n\n'],
  ['a bare carriage return', 'GET /_ping HTTP/1.1\r\nHost: d\rX: y\r\n\r\n'],
  ['a NUL character', 'GET /_ping HTTP/1.1\r\nHost: d\0\r\n\r\n'],
  ['a byte that is not ASCII', 'GET /_ping HTTP/1.1\r\nHost: \xe4\r\n\r\n'],
  ['an empty line first', '\r\nGET /_ping HTTP/1.1\r\nHost: d\r\n\r\n'],
  ['two spaces', 'GET  /_ping HTTP/1.1\r\nHost: d\r\n\r\n'],
  ['a tab in the request line', 'GET\t/_ping HTTP/1.1\r\nHost: d\r\n\r\n'],
  ['no version', 'GET /_ping\r\nHost: d\r\n\r\n'],
  ['no host', 'GET /_ping HTTP/1.1\r\nX: y\r\n\r\n'],
  ['a method in lower case', 'get /_ping HTTP/1.1\r\nHost: d\r\n\r\n'],
] as const)('a request with %s is refused', ([, text]) => {
  expect(read(text)).toMatchObject({ refuse: { status: 400 } })
})

test('other methods, versions of HTTP and expectations are refused', () => {
  expect(read('PATCH / HTTP/1.1\r\n\r\n')).toMatchObject({ refuse: { status: 403 } })
  expect(read('GET /_ping HTTP/1.0\r\n\r\n')).toMatchObject({ refuse: { status: 505 } })
  expect(withField('Expect: tea')).toMatchObject({ refuse: { status: 417 } })
  expect(withField('Expect: 100-continue')).toMatchObject({ head: { expectsContinue: true } })
})

test('a head is refused when it is too long or has too many fields', () => {
  const long = `GET /_ping?${'a'.repeat(maxHeadBytes)}`
  expect(read(long)).toMatchObject({ refuse: { status: 431 } })
  expect(withField(...Array(101).fill('X: y'))).toMatchObject({ refuse: { status: 431 } })
})

test('random bytes in a head are read to a plain path or refused, and never throw', () => {
  const odd = [
    '\r',
    '\n',
    '\r\n',
    '\0',
    ' ',
    '\t',
    '%',
    '/',
    '..',
    ':',
    '?',
    '\xff',
    'Content-Length: 1\r\n',
  ]
  for (let seed = 1; seed <= 4000; seed++) {
    const random = randomOf(seed)
    let text =
      'POST /v1.44/containers/web/start?t=1 HTTP/1.1\r\nHost: d\r\nContent-Length: 0\r\n\r\n'
    for (let edits = 1 + random.int(3); edits > 0; edits--) {
      const at = random.int(text.length - 4)
      text = text.slice(0, at) + random.pick(odd) + text.slice(at + random.int(3))
    }
    const result = read(text)
    if (!('head' in result)) continue
    const { path, version } = result.head
    for (const segment of path) expect(segment, `seed ${seed}`).toMatch(/^(?!\.+$)[\w.:@+-]+$/)
    expect(version ?? '1.44', `seed ${seed}`).toMatch(/^1\.[45]\d$/)
  }
})
