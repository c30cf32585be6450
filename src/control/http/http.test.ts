import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { matchRoute, routes } from '../routes.ts'
import { assertAllowed } from './guard.ts'
import { parseJson } from './read-body.ts'
import { readTarget } from './target.ts'

const token = 'right'
const door = { token, hosts: new Set(['127.0.0.1:80']) }

/** Returns the status with which a request with these headers is refused. */
const refusal = (headers: Readonly<Record<string, string>>): number | undefined => {
  const all = { host: '127.0.0.1:80', authorization: `Bearer ${token}`, ...headers }
  const rawHeaders = Object.entries(all).flat()
  try {
    assertAllowed({ headers: all, rawHeaders } as unknown as IncomingMessage, door)
    return undefined
  } catch (error) {
    return (error as { status: number }).status
  }
}

test('only a program with the token is answered, under the names of the server', () => {
  expect(refusal({})).toBeUndefined()
  expect(refusal({ authorization: 'bearer  right ' })).toBeUndefined()
  for (const authorization of [
    '',
    'right',
    'Basic right',
    'Bearer',
    'Bearer righ',
    'Bearer right x',
  ])
    expect(refusal({ authorization }), authorization).toBe(401)
  for (const host of ['evil.test', 'evil.test:80', '127.0.0.1', '127.0.0.1:81', ''])
    expect(refusal({ host }), host).toBe(403)
  expect(refusal({ Host: '127.0.0.1:80' }), 'two hosts').toBe(403)
})

test('pages of browsers are refused even with the token', () => {
  expect(refusal({ origin: 'null' })).toBe(403)
  expect(refusal({ origin: 'http://127.0.0.1:80' })).toBe(403)
  for (const site of ['cross-site', 'same-site', 'same-origin'])
    expect(refusal({ 'sec-fetch-site': site })).toBe(403)
  expect(refusal({ 'sec-fetch-site': 'none' })).toBeUndefined()
})

const parsed = (text: string, depth = 4) => {
  try {
    return parseJson(Buffer.from(text), depth)
  } catch (error) {
    return (error as { summary: string }).summary
  }
}

test('JSON is parsed unless it is too deep, has a prototype, or is not UTF-8', () => {
  expect(parsed('{"a":[{"b":"[[[[[\\"[[["}]}')).toEqual({ a: [{ b: '[[[[["[[[' }] })
  expect(parsed('[[[[[]]]]]')).toBe('the body is nested more than 4 levels deep')
  expect(parsed('['.repeat(5_000_000))).toBe('the body is nested more than 4 levels deep')
  expect(parsed('{"a":{"__proto__":{}}}')).toBe('the body has a key "__proto__"')
  expect(parsed('{"\\u005f_proto__":1}')).toBe('the body has a key "__proto__"')
  expect(parsed('{"a":')).toMatch(/^the body is not JSON: /)
  expect(() => parseJson(Buffer.from([0x22, 0xff, 0x22]), 4)).toThrow('the body is not UTF-8')
})

test('the target of a request is a path or a whole URL', () => {
  expect(readTarget('/v1/a%2Fb/c?x=1&__proto__=2')).toMatchObject({
    segments: ['v1', 'a/b', 'c'],
    query: Object.assign(Object.create(null), { x: '1', ['__proto__']: '2' }),
  })
  expect(readTarget('http://host/v1/lane').segments).toEqual(['v1', 'lane'])
  expect(readTarget('//v1/lane').segments).toEqual(['', 'v1', 'lane'])
  expect(() => readTarget('/%zz')).toThrow('not percent-encoded')
})

test('a path that is known with other methods is answered with these', () => {
  const at = (path: string, method = 'GET') => matchRoute(method, path.split('/').slice(1))
  expect(at('/v1/services/api').params).toEqual({ name: 'api' })
  expect(() => at('/v1/services/api/env')).toThrow(
    expect.objectContaining({ status: 405, headers: { allow: 'PATCH, PUT, DELETE' } }),
  )
  for (const path of ['/', '/v1', '/v1/lane/', '/v1/services//env', '/v1/services/api/constructor'])
    expect(() => at(path), path).toThrow(expect.objectContaining({ status: 404 }))
})

test('no two routes have the same method and path, or the same id', () => {
  const keys = routes.map(({ method, path }) => `${method} ${path}`)
  expect(new Set(keys).size).toBe(keys.length)
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length)
})
