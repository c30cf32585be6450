import { describe, expect, test } from 'vitest'
import { outputNames } from '../graph/references.ts'
import type { View } from '../model/endpoint.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { type AddressOf, createLookup, outputsOf, resolveEnv, secretsOf } from './outputs.ts'

const lane = { name: 'lane_1' }
const db: ServiceSpec = {
  ports: { sql: { port: 5432, scheme: 'postgres' } },
  outputs: {
    // Declared before what it needs.
    url: [
      'postgres://app:',
      { ref: 'self.password' },
      '@',
      { ref: 'self.host' },
      ':',
      { ref: 'self.port' },
      '/',
      { ref: 'self.database' },
    ],
    database: { ref: 'lane.name' },
    password: { secret: 'hush' },
  },
}

/** Outputs of one service of these. */
const outputs = (
  services: Readonly<Record<string, ServiceSpec>>,
  service: string,
  view: View = 'inside',
  addressOf?: AddressOf,
) => outputsOf({ services, view, lane, ...(addressOf === undefined ? {} : { addressOf }) }, service)

describe('outputsOf', () => {
  test('the inside view has service name and container port', () => {
    expect(outputs({ db }, 'db')).toEqual({
      host: 'db',
      port: '5432',
      'sql.host': 'db',
      'sql.port': '5432',
      'sql.url': 'postgres://db:5432',
      url: 'postgres://app:hush@db:5432/lane_1',
      database: 'lane_1',
      password: 'hush',
    })
  })

  test('the test view has the given addresses', () => {
    const found = outputs({ db }, 'db', 'test', () => ({ host: '127.0.0.1', port: 49312 }))
    expect(found.url).toBe('postgres://app:hush@127.0.0.1:49312/lane_1')
    expect(found['sql.url']).toBe('postgres://127.0.0.1:49312')
  })

  test('the first declared port gives host and port', () => {
    const mail: ServiceSpec = {
      ports: { ui: { port: 8025, scheme: 'http' }, smtp: { port: 1025, scheme: 'smtp' } },
    }
    const found = outputs({ mail }, 'mail')
    expect([found.port, found['smtp.url']]).toEqual(['8025', 'smtp://mail:1025'])
  })

  test('a service without ports has a host inside and no address from the test', () => {
    expect(outputs({ worker: {} }, 'worker')).toEqual({ host: 'worker' })
    expect(outputs({ worker: {} }, 'worker', 'test')).toEqual({})
  })

  test('an IPv6 host is in brackets in urls', () => {
    const web: ServiceSpec = { ports: { http: { port: 80, scheme: 'http' } } }
    const found = outputs({ web }, 'web', 'test', () => ({ host: '::1', port: 8080 }))
    expect([found['http.host'], found['http.url']]).toEqual(['::1', 'http://[::1]:8080'])
  })

  test('a declared output can override a built-in one and refer to it', () => {
    const a: ServiceSpec = { outputs: { host: [{ ref: 'self.host' }, '.local'] } }
    expect(outputs({ a }, 'a')).toEqual({ host: 'a.local' })
  })

  test('a declared output can refer to outputs of other services', () => {
    const proxy: ServiceSpec = { outputs: { url: { ref: 'db.sql.url' } } }
    const at = { host: '127.0.0.1', port: 7 }
    expect(outputs({ db, proxy }, 'proxy').url).toBe('postgres://db:5432')
    expect(outputs({ db, proxy }, 'proxy', 'test', () => at).url).toBe('postgres://127.0.0.1:7')
  })

  test('a cycle of outputs is an error that names it', () => {
    const x: ServiceSpec = { outputs: { a: { ref: 'self.b' }, b: { ref: 'self.a' } } }
    expect(() => outputs({ x }, 'x')).toThrow('x.a → x.b → x.a')
  })

  test('a declared output with an unknown address is left out', () => {
    expect(Object.keys(outputs({ db }, 'db', 'test'))).not.toContain('url')
  })
})

describe('addressOf', () => {
  const services = { db, api: {}, worker: {} }
  const urlFor = (consumer: string, addressOf: AddressOf) =>
    createLookup({ services, view: 'inside', lane, addressOf }, consumer)('db.url')

  test('a relay alias replaces the service name for one consumer only', () => {
    const relays: AddressOf = (from, to) =>
      from === 'api' && to === 'db' ? { host: 'api--db', port: 5432 } : undefined
    expect(urlFor('api', relays)).toBe('postgres://app:hush@api--db:5432/lane_1')
    expect(urlFor('worker', relays)).toBe('postgres://app:hush@db:5432/lane_1')
    expect(urlFor('db', relays)).toBe('postgres://app:hush@db:5432/lane_1')
  })

  test('an allocated port replaces the container port for consumers and the service itself', () => {
    const allocated: AddressOf = (_from, to, port) =>
      to === 'db' && port === 'sql' ? { host: '127.0.0.1', port: 40_001 } : undefined
    expect(urlFor('api', allocated)).toBe('postgres://app:hush@127.0.0.1:40001/lane_1')
    const own = createLookup({ services, view: 'inside', lane, addressOf: allocated }, 'db')
    expect(own('self.port')).toBe('40001')
  })

  test('the test asks for addresses without a consumer', () => {
    const asked: unknown[] = []
    const addressOf: AddressOf = (...args) => {
      asked.push(args)
      return { host: '127.0.0.1', port: 7 }
    }
    outputs({ db }, 'db', 'test', addressOf)
    expect(new Set(asked.map(String))).toEqual(new Set([',db,sql']))
  })
})

describe('lookup', () => {
  const services = { db, api: { env: { URL: { ref: 'db.ulr' } } } }
  const lookup = createLookup({ services, view: 'inside', lane }, 'api')

  test('an unknown output is an error that names the known ones', () => {
    expect(() => lookup('db.ulr')).toThrow(
      /unknown output "db.ulr"; did you mean "url"\? .*\n.*db offers host, port, sql.host/,
    )
  })

  test('an unknown service is an error that suggests the nearest', () => {
    expect(() => lookup('dbb.url')).toThrow('did you mean "db"?')
  })

  test('names of Object.prototype are unknown services and outputs', () => {
    expect(() => lookup('constructor.name')).toThrow('unknown service "constructor"')
    expect(() => lookup('db.constructor')).toThrow('unknown output "db.constructor"')
  })

  test('a reference without an output is an error', () => {
    expect(() => lookup('db')).toThrow('write "<service>.<output>"')
  })

  test('lane.name has no value outside of a lane', () => {
    const outside = createLookup({ services, view: 'inside', lane: undefined }, 'db')
    expect(() => outside('self.database')).toThrow('no value outside of a lane')
  })
})

test('outputNames returns built-in outputs by port, then declared ones', () => {
  expect(outputNames(db)).toEqual([
    'host',
    'port',
    'sql.host',
    'sql.port',
    'sql.url',
    'url',
    'database',
    'password',
  ])
  expect(outputNames({})).toEqual(['host'])
})

test('resolveEnv returns strings with all values filled in', () => {
  const api: ServiceSpec = {
    env: { URL: { ref: 'db.url' }, PORT: 80, DEBUG: false, KEY: ['a-', { secret: 's' }, '-', 1] },
  }
  const services = { db, api }
  const lookup = createLookup({ services, view: 'inside', lane }, 'api')
  expect(resolveEnv({ services }, 'api', lookup)).toEqual({
    URL: 'postgres://app:hush@db:5432/lane_1',
    PORT: '80',
    DEBUG: 'false',
    KEY: 'a-s-1',
  })
})

test('secretsOf returns secrets of builds, also of those for tasks', () => {
  const build = (secret: string) => ({
    context: '/',
    secrets: { a: { env: 'A', secret }, b: { file: '/b' } },
  })
  const container = { build: build('of a task') }
  const api = { build: build('of it'), tasks: { setup: [{ argv: ['x'], container }] } }
  expect(secretsOf({ services: { api } })).toEqual(['of a task', 'of it'])
})

test('secretsOf returns secrets of env, outputs and tasks, each once, longest first', () => {
  const api: ServiceSpec = {
    env: { A: ['x', { secret: 'hu' }], B: { secret: '' } },
    tasks: { enter: [{ argv: ['login', { secret: 'hu' }], stdin: { secret: 'longer one' } }] },
  }
  expect(secretsOf({ services: { db, api } })).toEqual(['longer one', 'hush', 'hu'])
})

test('a chain of outputs through 10,000 services is resolved', { timeout: 60_000 }, () => {
  const last = 9_999
  const services = Object.fromEntries(
    Array.from({ length: last + 1 }, (_, index) => [
      `s${index}`,
      { outputs: { url: index === last ? 'end' : { ref: `s${index + 1}.url` } } },
    ]),
  )
  const lookup = createLookup({ services, view: 'inside', lane }, 's0')
  expect(lookup('s0.url')).toBe('end')
})
