import { describe, expect, test } from 'vitest'
import type { ServiceSpec } from '../model/service-spec.ts'
import { findCycles } from './cycles.ts'
import { dependencies } from './dependencies.ts'
import { closure, dependents, topologicalOrder } from './order.ts'

const graphOf = (services: Record<string, ServiceSpec>) => dependencies({ services })

describe('dependencies', () => {
  test('a reference implies the condition healthy', () => {
    const graph = graphOf({ api: { env: { URL: ['pg://', { ref: 'db.host' }] } }, db: {} })
    expect(graph).toEqual({ api: { db: 'healthy' }, db: {} })
  })

  test('an explicit condition wins over a reference', () => {
    const api: ServiceSpec = { env: { URL: { ref: 'db.host' } }, dependsOn: { db: 'started' } }
    expect(graphOf({ api, db: {} }).api).toEqual({ db: 'started' })
  })

  test('a reference with wait: false adds no dependency', () => {
    const api: ServiceSpec = { env: { WEB: { ref: 'web.http.url', wait: false } } }
    expect(graphOf({ api, web: {} }).api).toEqual({})
  })

  test('references in outputs of another service add no dependency', () => {
    const proxy: ServiceSpec = { outputs: { url: { ref: 'cache.host' } } }
    const api: ServiceSpec = { env: { URL: { ref: 'proxy.url' } } }
    expect(graphOf({ api, proxy, cache: {} })).toEqual({
      api: { proxy: 'healthy' },
      proxy: {},
      cache: {},
    })
  })

  test('references in own outputs count if the environment uses them', () => {
    const api: ServiceSpec = {
      env: { URL: { ref: 'self.dsn' } },
      outputs: { dsn: [{ ref: 'db.host' }, { ref: 'self.host' }, { ref: 'self.dsn' }] },
    }
    expect(graphOf({ api, db: {} }).api).toEqual({ db: 'healthy' })
  })

  test('references in tasks count for setup and enter, not for later tasks', () => {
    const db: ServiceSpec = {
      tasks: {
        enter: [{ argv: ['a', { ref: 'mq.host' }] }],
        baseline: [{ argv: ['b', { ref: 'api.host' }] }],
      },
    }
    expect(graphOf({ db, mq: {}, api: {} }).db).toEqual({ mq: 'healthy' })
  })

  test('a service depends neither on itself nor on unknown services', () => {
    const api: ServiceSpec = {
      env: { A: { ref: 'api.host' }, B: { ref: 'self.host' }, C: { ref: 'gone.host' } },
      dependsOn: { api: 'healthy', missing: 'started' },
    }
    expect(graphOf({ api }).api).toEqual({})
  })
})

describe('findCycles', () => {
  test('findCycles returns each cycle from its first service back to it', () => {
    const graph = graphOf({
      api: { dependsOn: { web: 'healthy' } },
      web: { dependsOn: { api: 'healthy' } },
      a: { dependsOn: { b: 'started' } },
      b: { dependsOn: { c: 'started' } },
      c: { dependsOn: { a: 'started', api: 'started' } },
    })
    expect([...findCycles(graph)]).toEqual([
      ['api', 'web', 'api'],
      ['a', 'b', 'c', 'a'],
    ])
  })

  test('findCycles returns none if services only share a dependency', () => {
    const graph = graphOf({
      a: { dependsOn: { b: 'healthy', c: 'healthy' } },
      b: { dependsOn: { c: 'healthy' } },
      c: {},
    })
    expect([...findCycles(graph)]).toEqual([])
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

  test('topological order puts dependencies first and otherwise keeps the declared order', () => {
    expect(topologicalOrder(graph)).toEqual(['db', 'mail', 'api', 'web', 'other'])
  })

  test('topological order has every service once, even with a cycle', () => {
    const circle = graphOf({
      a: { dependsOn: { b: 'healthy' } },
      b: { dependsOn: { a: 'healthy' } },
    })
    expect(topologicalOrder(circle)).toEqual(['b', 'a'])
  })

  test('closure returns the named services and all their dependencies', () => {
    expect(closure(graph, ['api', 'nobody'])).toEqual(['db', 'mail', 'api'])
  })

  test('dependents returns the services that need one, directly or through others', () => {
    expect(dependents(graph, 'db')).toEqual(['api', 'web'])
    expect(dependents(graph, 'web')).toEqual([])
  })
})

describe('long chains', { timeout: 60_000 }, () => {
  const length = 10_000
  const chain = (last: object) =>
    Object.fromEntries(
      Array.from({ length }, (_, index) => [
        `s${index}`,
        index === length - 1 ? last : { [`s${index + 1}`]: 'healthy' as const },
      ]),
    ) as ReturnType<typeof dependencies>

  test('a chain of 10,000 services is ordered, its last service first', () => {
    const order = topologicalOrder(chain({}))
    expect([order.length, order[0], order.at(-1)]).toEqual([length, 's9999', 's0'])
    expect(dependents(chain({}), 's9999')).toHaveLength(length - 1)
  })

  test('a ring of 10,000 services is one cycle', () => {
    const rounds = [...findCycles(chain({ s0: 'healthy' }))]
    expect(rounds.map((round) => [round.length, round[0], round.at(-1)])).toEqual([
      [length + 1, 's0', 's0'],
    ])
  })

  test('a chain of 10,000 outputs of one service implies the dependency at its end', () => {
    const outputs = Object.fromEntries(
      Array.from({ length }, (_, index) => [
        `o${index}`,
        { ref: index === length - 1 ? 'db.host' : `self.o${index + 1}` },
      ]),
    )
    const graph = graphOf({ api: { env: { A: { ref: 'self.o0' } }, outputs }, db: {} })
    expect(graph.api).toEqual({ db: 'healthy' })
  })
})
