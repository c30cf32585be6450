import { describe, expect, test } from 'vitest'
import { outputNames } from '../graph/references.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { createLookup, outputsOf, resolveEnv, secretsOf } from './outputs.ts'

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

describe('outputsOf', () => {
  test('shows the inside view by service name and container port', () => {
    expect(outputsOf('db', db, 'inside', {}, lane)).toEqual({
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

  test('shows the test view by the given addresses', () => {
    const addresses = { sql: { host: '127.0.0.1', port: 49312 } }
    const outputs = outputsOf('db', db, 'test', addresses, lane)
    expect(outputs.url).toBe('postgres://app:hush@127.0.0.1:49312/lane_1')
    expect(outputs['sql.url']).toBe('postgres://127.0.0.1:49312')
  })

  test('the first declared port gives host and port', () => {
    const spec: ServiceSpec = {
      ports: { ui: { port: 8025, scheme: 'http' }, smtp: { port: 1025, scheme: 'smtp' } },
    }
    const outputs = outputsOf('mail', spec, 'inside', {}, lane)
    expect([outputs.port, outputs['smtp.url']]).toEqual(['8025', 'smtp://mail:1025'])
  })

  test('a service without ports has a host inside and no address from the test', () => {
    expect(outputsOf('worker', {}, 'inside', {}, lane)).toEqual({ host: 'worker' })
    expect(outputsOf('worker', {}, 'test', {}, lane)).toEqual({})
  })

  test('writes IPv6 hosts in brackets', () => {
    const spec: ServiceSpec = { ports: { http: { port: 80, scheme: 'http' } } }
    const outputs = outputsOf('web', spec, 'test', { http: { host: '::1', port: 8080 } }, lane)
    expect([outputs['http.host'], outputs['http.url']]).toEqual(['::1', 'http://[::1]:8080'])
  })

  test('an output may be declared on top of a built-in one and be made from it', () => {
    const spec: ServiceSpec = { outputs: { host: [{ ref: 'self.host' }, '.local'] } }
    expect(outputsOf('a', spec, 'inside', {}, lane)).toEqual({ host: 'a.local' })
  })

  test('follows outputs of other services', () => {
    const proxy: ServiceSpec = { outputs: { url: { ref: 'db.sql.url' } } }
    const at = { host: '127.0.0.1', port: 7 }
    expect(outputsOf('proxy', proxy, 'inside', {}, lane, { db }).url).toBe('postgres://db:5432')
    expect(outputsOf('proxy', proxy, 'test', {}, lane, { db }, () => at).url).toBe(
      'postgres://127.0.0.1:7',
    )
  })

  test('outputs that refer to each other in a circle are an error that names it', () => {
    const spec: ServiceSpec = { outputs: { a: { ref: 'self.b' }, b: { ref: 'self.a' } } }
    expect(() => outputsOf('x', spec, 'inside', {}, lane)).toThrow('x.a → x.b → x.a')
  })

  test('a declared output without its address is left out, like the address', () => {
    expect(Object.keys(outputsOf('db', db, 'test', {}, lane))).not.toContain('url')
  })
})

describe('lookup', () => {
  const services = { db, api: { env: { URL: { ref: 'db.ulr' } } } }
  const lookup = createLookup({ services, view: 'inside', lane }, 'api')

  test('a wrong output names the right ones', () => {
    expect(() => lookup('db.ulr')).toThrow(
      /unknown output "db.ulr"; did you mean "url"\? .*\n.*db offers host, port, sql.host/,
    )
  })

  test('a wrong service names the nearest', () => {
    expect(() => lookup('dbb.url')).toThrow('did you mean "db"?')
  })

  test('names that every object has are unknown too', () => {
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

test('output names are built-in ones by port, then declared ones', () => {
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

test('the environment is text with all values filled in', () => {
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

test('secrets are collected from env, outputs and tasks, each once, longest first', () => {
  const api: ServiceSpec = {
    env: { A: ['x', { secret: 'hu' }], B: { secret: '' } },
    tasks: { enter: [{ argv: ['login', { secret: 'hu' }], stdin: { secret: 'longer one' } }] },
  }
  expect(secretsOf({ services: { db, api } })).toEqual(['longer one', 'hush', 'hu'])
})
