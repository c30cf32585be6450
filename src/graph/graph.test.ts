import { describe, expect, test } from 'vitest'
import type { ServiceSpec } from '../model/service-spec.ts'
import { findCycles } from './cycles.ts'
import { dependencies } from './dependencies.ts'
import { closure, dependents, topologicalOrder } from './order.ts'

const graphOf = (services: Record<string, ServiceSpec>) => dependencies({ services })

describe('dependencies', () => {
  test('a reference means healthy', () => {
    const graph = graphOf({ api: { env: { URL: ['pg://', { ref: 'db.host' }] } }, db: {} })
    expect(graph).toEqual({ api: { db: 'healthy' }, db: {} })
  })

  test('an explicit condition wins over a reference', () => {
    const api: ServiceSpec = { env: { URL: { ref: 'db.host' } }, dependsOn: { db: 'started' } }
    expect(graphOf({ api, db: {} }).api).toEqual({ db: 'started' })
  })

  test('a reference that does not wait adds no order', () => {
    const api: ServiceSpec = { env: { WEB: { ref: 'web.http.url', wait: false } } }
    expect(graphOf({ api, web: {} }).api).toEqual({})
  })

  test('what the outputs of another service refer to does not count', () => {
    const proxy: ServiceSpec = { outputs: { url: { ref: 'cache.host' } } }
    const api: ServiceSpec = { env: { URL: { ref: 'proxy.url' } } }
    expect(graphOf({ api, proxy, cache: {} })).toEqual({
      api: { proxy: 'healthy' },
      proxy: {},
      cache: {},
    })
  })

  test('what an own output refers to counts when the environment uses it', () => {
    const api: ServiceSpec = {
      env: { URL: { ref: 'self.dsn' } },
      outputs: { dsn: [{ ref: 'db.host' }, { ref: 'self.host' }, { ref: 'self.dsn' }] },
    }
    expect(graphOf({ api, db: {} }).api).toEqual({ db: 'healthy' })
  })

  test('tasks count when they run before the service is ready for use, not later', () => {
    const db: ServiceSpec = {
      tasks: {
        enter: [{ argv: ['a', { ref: 'mq.host' }] }],
        baseline: [{ argv: ['b', { ref: 'api.host' }] }],
      },
    }
    expect(graphOf({ db, mq: {}, api: {} }).db).toEqual({ mq: 'healthy' })
  })

  test('a service does not depend on itself, nor on what does not exist', () => {
    const api: ServiceSpec = {
      env: { A: { ref: 'api.host' }, B: { ref: 'self.host' }, C: { ref: 'gone.host' } },
      dependsOn: { api: 'healthy', nobody: 'started' },
    }
    expect(graphOf({ api }).api).toEqual({})
  })
})

describe('findCycles', () => {
  test('names each cycle from its first service round to it again', () => {
    const graph = graphOf({
      api: { dependsOn: { web: 'healthy' } },
      web: { dependsOn: { api: 'healthy' } },
      a: { dependsOn: { b: 'started' } },
      b: { dependsOn: { c: 'started' } },
      c: { dependsOn: { a: 'started', api: 'started' } },
    })
    expect(findCycles(graph)).toEqual(['api → web → api', 'a → b → c → a'])
  })

  test('finds none where services only share a dependency', () => {
    const graph = graphOf({
      a: { dependsOn: { b: 'healthy', c: 'healthy' } },
      b: { dependsOn: { c: 'healthy' } },
      c: {},
    })
    expect(findCycles(graph)).toEqual([])
  })
})

describe('walks', () => {
  const graph = graphOf({
    web: { dependsOn: { api: 'healthy' } },
    api: { dependsOn: { db: 'healthy', mail: 'healthy' } },
    mail: {},
    db: {},
    other: {},
  })

  test('topological order puts dependencies first and else keeps the declared order', () => {
    expect(topologicalOrder(graph)).toEqual(['db', 'mail', 'api', 'web', 'other'])
  })

  test('topological order ends on a cycle too, with every service once', () => {
    const circle = graphOf({
      a: { dependsOn: { b: 'healthy' } },
      b: { dependsOn: { a: 'healthy' } },
    })
    expect(topologicalOrder(circle)).toEqual(['b', 'a'])
  })

  test('closure is the named services and all they need', () => {
    expect(closure(graph, ['api', 'nobody'])).toEqual(['db', 'mail', 'api'])
  })

  test('dependents are those that need a service, directly or through others', () => {
    expect(dependents(graph, 'db')).toEqual(['api', 'web'])
    expect(dependents(graph, 'web')).toEqual([])
  })
})
