import { expect, test } from 'vitest'
import { compileTopology } from '../define/compile.ts'
import { defineTopology } from '../define/topology.ts'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import { validateTopology } from './validate.ts'

const inputs = 4_000

test(`${inputs} random topologies are valid or refused with a MesocosmError`, {
  timeout: 60_000,
}, async () => {
  const pollution = Object.getOwnPropertyNames(Object.prototype)
  const counts = { valid: 0, refused: 0 }
  for (let seed = 1; seed <= inputs; seed++) {
    const input = topologyOf(randomOf(seed))
    try {
      const spec = await compileTopology(defineTopology(input as never))
      const received: unknown = JSON.parse(JSON.stringify(spec))
      validateTopology(received, { exists: () => true })
      counts.valid++
    } catch (error) {
      if (!isMesocosmError(error)) throw new Error(`seed ${seed}: ${error}`, { cause: error })
      expect(error.code).toBe('TOPOLOGY_INVALID')
      expect(error.details.length > 0 || error.message.includes('invalid argument')).toBe(true)
      counts.refused++
    }
  }
  expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(pollution)
  expect(({} as { image?: unknown }).image).toBeUndefined()
  // Both kinds must be well represented, or the generator tests nothing.
  expect(counts.valid).toBeGreaterThan(inputs / 20)
  expect(counts.refused).toBeGreaterThan(inputs / 2)
})

// ---

interface Random {
  /** An integer from 0 to `below` - 1. */
  int(below: number): number
  pick<T>(items: readonly T[]): T
  /** True once in `every` times. */
  once(every: number): boolean
}

/** mulberry32: small, seeded, the same on every machine. */
const randomOf = (seed: number): Random => {
  let state = seed * 0x9e3779b9
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    int,
    pick: (items) => items[int(items.length)] as never,
    once: (every) => int(every) === 0,
  }
}

const names = [
  'api',
  'db',
  'web',
  'a-b',
  'Api',
  'self',
  'lane',
  '__proto__',
  'constructor',
  'toString',
  '',
  'x y',
]

/** Values that are wrong nearly everywhere; some cannot be read or sent. */
const oddities: readonly (() => unknown)[] = [
  () => null,
  () => undefined,
  () => 0,
  () => -1,
  () => Number.NaN,
  () => Number.POSITIVE_INFINITY,
  () => 10n,
  () => true,
  () => '',
  () => 'text',
  () => 'x\0y',
  () => '\u{1F600}\ud800',
  () => [],
  () => [[]],
  () => Array(3),
  () => ({}),
  () => () => ({}),
  () => class A {},
  () => Symbol('s'),
  () => new Date(0),
  () => new Date(Number.NaN),
  () => new Map([['a', 1]]),
  () => new Set([1]),
  () => new URL('http://localhost/'),
  () => /x/g,
  () => new Uint8Array(2),
  () => Promise.resolve(1),
  () => new Error('e'),
  () => Object.create(null),
  () => Object('boxed'),
  () => JSON.parse('{"__proto__":{"image":"x"}}'),
  () => JSON.parse('{"constructor":{"prototype":{"image":"x"}}}'),
  () => ({ toJSON: () => 'x' }),
  // biome-ignore lint/suspicious/noThenProperty: it must not be awaited.
  () => ({ then: (resolve: (value: unknown) => void) => resolve(1) }),
  () => {
    const self: Record<string, unknown> = {}
    self.self = self
    return self
  },
  () => {
    const list: unknown[] = []
    list.push(list)
    return list
  },
  () => ({
    get image(): never {
      throw new Error('not today')
    },
  }),
  () => ({
    get image(): never {
      throw Symbol('not an error')
    },
  }),
  () =>
    new Proxy(
      {},
      {
        ownKeys: () => {
          throw new Error('no keys')
        },
      },
    ),
  () => {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  () => Array.from({ length: 20_000 }).reduce<unknown>((inner) => ({ inner }), 1),
  () => Array.from({ length: 20_000 }).reduce<unknown>((inner) => [inner], 1),
]

const topologyOf = (random: Random): unknown => {
  const { int, pick, once } = random
  const odd = (): unknown => pick(oddities)()
  /** Mostly what `make` returns, sometimes anything. */
  const or = (make: () => unknown): unknown => (once(40) ? odd() : make())
  const record = (keys: readonly string[], make: (key: string) => unknown, most = 3): unknown =>
    or(() => {
      // As JSON makes it, so that `__proto__` is a key of its own.
      const entries = Array.from({ length: int(most + 1) }, () => pick(keys))
      return Object.fromEntries(entries.map((key) => [key, or(() => make(key))]))
    })
  const list = (make: () => unknown, most = 3): unknown =>
    or(() => Array.from({ length: int(most + 1) }, () => or(make)))
  const good = names.slice(0, 4)
  const serviceNames = once(6) ? names : good
  const ref = () => ({
    ref: `${pick(serviceNames)}.${pick(['host', 'host', 'port', 'http.url', 'url', ''])}`,
    ...(once(3) ? { wait: false } : {}),
  })
  const template = (): unknown =>
    once(3)
      ? list(() => pick<unknown>(['a', 1, true, ref(), { secret: 's' }]))
      : pick<unknown>(['a', 1, false, ref()])
  const env = () => record(once(6) ? ['A', 'B=C', '', '__proto__', 'A\nB'] : ['A', 'B'], template)
  const task = () => ({ argv: ['a', or(template)], ...(once(2) ? { env: env() } : {}) })
  const probe = (depth: number): unknown =>
    pick<() => unknown>([
      () => ({ kind: 'http', path: pick(['/', 'x']), port: pick(['http', undefined, 'web']) }),
      () => ({ kind: 'tcp' }),
      () => ({
        kind: 'log',
        pattern: pick<unknown>(['up', '(', /x/i]),
        flags: pick([undefined, 'i', '?']),
      }),
      () => ({ kind: 'exec', argv: list(() => 'true') }),
      () => ({ kind: 'all', probes: depth === 0 ? [] : [probe(depth - 1)] }),
      () => ({ kind: pick(names) }),
    ])()
  const keys: Readonly<Record<string, () => unknown>> = {
    build: () => pick<unknown>(['.', { context: '.', args: record(['A'], () => 'x') }]),
    command: () => list(() => 'x'),
    user: () => 'root',
    workdir: () => pick(['/app', 'app']),
    env,
    ports: () =>
      record(['http', 'sql', 'host', '__proto__'], () =>
        pick<unknown>([80, 0, { port: 81, protocol: 'udp' }]),
      ),
    files: () => list(() => ({ content: 'x', to: '/x', ...(once(4) ? { from: '.' } : {}) })),
    mounts: () => list(() => ({ from: '.', to: '/x' })),
    tmpfs: () => pick<unknown>([['/tmp'], { '/tmp': 'size=1m' }]),
    dependsOn: () =>
      once(2) ? list(() => pick(serviceNames)) : record(serviceNames, () => 'started'),
    ready: () => probe(2),
    readyTimeoutMs: () => 1000,
    memoryMiB: () => 64,
    labels: () => record(['a', '__proto__', 'dev.mesocosm.x'], () => 'x'),
    share: () => pick(['lane', 'run']),
    aliases: () => list(() => pick(names)),
    outputs: () => record(['url', 'http', 'run', '__proto__'], template),
    tasks: () => record(['setup', 'enter', 'reset', 'seed'], () => list(task)),
    exec: () => record(['seed'], () => () => ['x']),
    cli: () => ['x'],
    sources: () => '.',
    prebuild: () => true,
    [pick(names)]: odd,
  }
  const service = (): unknown =>
    or(() => ({
      image: or(() => 'acme/x'),
      ...Object.fromEntries(
        Array.from({ length: int(4) }, () => pick(Object.keys(keys))).map((key) => [
          key,
          or(() => keys[key]?.()),
        ]),
      ),
    }))
  return once(100)
    ? odd()
    : {
        name: or(() => 'shop'),
        services: record(serviceNames, service),
        ...(once(20) ? { root: odd() } : {}),
        ...(once(60) ? { [pick(names)]: odd() } : {}),
      }
}
