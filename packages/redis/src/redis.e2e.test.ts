import { glob, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { defineTopology, http, isMesocosmError, lease, ref } from 'mesocosm'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { type RedisOptions, redis } from './index.ts'

const app = {
  image: 'node:24-trixie-slim',
  command: ['node', '/app.cjs'],
  files: [{ from: join(import.meta.dirname, '../test/app.cjs'), to: '/app.cjs' }],
  ports: { http: 3000 },
  ready: http('/'),
} as const

const declare = ({ folder }: Sandbox, options: RedisOptions = {}, name = 'cache') =>
  defineTopology({
    name,
    root: folder,
    services: {
      cache: redis(options),
      app: { ...app, env: { REDIS_URL: ref('cache.url'), PREFIX: ref('cache.prefix') } },
    },
  })

/** Lets an app send a command over its connection; gives the reply as the server wrote it. */
const send = async (
  { http: { url } }: { readonly http: { readonly url: string } },
  ...argv: readonly string[]
): Promise<string> => {
  const query = new URLSearchParams(argv.map((part): [string, string] => ['argv', part]))
  const response = await fetch(`${url}/?${query}`, { signal: AbortSignal.timeout(30_000) })
  return await response.text()
}

for (const share of ['lane', 'run'] as const) {
  test(`share ${share}: a reset brings back what services wrote at their start, over the same connections`, async ({
    sandbox,
  }) => {
    await using lane = await lease(declare(sandbox, { share, password: 'open sesame:/@$' }))
    const { app, cache } = lane.services
    const connection = await send(app, 'CLIENT', 'ID')
    expect(await cache.get('boot')).toBe('declared')
    expect(await cache.keys()).toEqual(['boot'])

    await cache.set('cart:1', 'pear', { ttlMs: 60_000 })
    await cache.set('boot', 'changed')
    await cache.command('HSET', cache.key('cart:2'), 'plum', 3)
    expect(await cache.command('HGETALL', cache.key('cart:2'))).toEqual({ plum: '3' })
    expect(await send(app, 'GET', cache.key('cart:1'))).toBe('$4\r\npear\r\n')
    expect(await cache.command<number>('PTTL', cache.key('cart:1'))).toBeGreaterThan(0)
    expect(await cache.keys('cart:*')).toEqual(['cart:1', 'cart:2'])

    await lane.reset()
    expect(await cache.keys()).toEqual(['boot'])
    expect(await cache.get('boot')).toBe('declared')
    expect(await send(app, 'CLIENT', 'ID')).toBe(connection)

    await cache.set('boot', 'changed')
    expect(await cache.del('boot', 'other')).toBe(1)
    await cache.set('more', Buffer.from('bytes'))
    await lane.reset({ level: 'deep' })
    expect(await cache.keys()).toEqual(['boot'])
    expect(await send(app, 'GET', cache.key('boot'))).toBe('$8\r\ndeclared\r\n')

    await cache.clear()
    expect(await cache.keys()).toEqual([])
  })

  test(`share ${share}: lanes do not see each other`, async ({ sandbox }) => {
    const topology = declare(sandbox, { share })
    await using one = await lease(topology)
    await using two = await lease(topology)
    await one.services.cache.set('who', 'one')
    await using heard = await two.services.cache.subscribe('news')
    expect(await two.services.cache.get('who')).toBeNull()
    await two.services.cache.set('who', 'two')
    await one.reset()
    await one.services.cache.clear()
    expect(await two.services.cache.get('who')).toBe('two')
    expect(await two.services.cache.keys()).toEqual(['boot', 'who'])
    expect(await one.services.cache.publish('news', 'from one')).toBe(0)
    expect(await two.services.cache.publish('news', 'from two')).toBe(1)
    await heard.waitForMessage()
    expect(heard.messages()).toEqual(['from two'])
  })

  test(`share ${share}: a server that was killed or stopped comes back, for services and the test`, async ({
    sandbox,
  }) => {
    // Of its own: a shared server can be changed by a lane that is alone on it.
    await using lane = await lease(declare(sandbox, { share }, `alone-${share}`))
    const { app, cache } = lane.services
    await cache.set('a', 1)
    await using heard = await cache.subscribe('news')
    const waiting = heard.waitForMessage().catch((thrown: unknown) => thrown)
    await cache.kill()
    expect(await waiting).toMatchObject({ code: 'SERVICE_CLIENT_FAILED' })
    await expect(cache.get('a')).rejects.toMatchObject({ code: 'SERVICE_CLIENT_FAILED' })
    await cache.start()
    // Nothing is kept on disk.
    expect(await cache.get('a')).toBeNull()
    await cache.stop()
    await cache.start()
    await lane.reset()
    expect(await send(app, 'PING')).toBe('+PONG\r\n')
    await cache.set('b', 2)
    expect(await send(app, 'GET', cache.key('b'))).toBe('$1\r\n2\r\n')

    await cache.pause()
    const error = await failureOf(cache.subscribe('news', { timeoutMs: 200 }))
    expect(isMesocosmError(error) && error.code).toBe('TIMEOUT')
    await cache.unpause()
    expect(await cache.get('b')).toBe('2')
  })
}

/** All that the runs of this file have written to disk so far. */
const recordOf = async ({ folder }: Sandbox): Promise<string> => {
  const cwd = join(folder, '.mesocosm')
  const files = await Array.fromAsync(glob('**/*', { cwd, withFileTypes: true }))
  const texts = files
    .filter((file) => file.isFile())
    .map((file) => readFile(join(file.parentPath, file.name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

const failureOf = (promise: Promise<unknown>) => promise.catch((thrown: unknown) => thrown)

test('a reset covers all databases, functions and times to live, also of a server that keeps its data', async ({
  sandbox,
}) => {
  const library = "#!lua name=math\\nredis.register_function('one', function() return 1 end)"
  const seed = [
    'redis-cli -e -h cache -n 3 set in-three yes',
    'redis-cli -e -h cache set short yes ex 100000',
    `printf "${library}" | redis-cli -e -h cache -x function load`,
  ]
  const topology = defineTopology({
    name: 'kept',
    root: sandbox.folder,
    services: {
      cache: redis({ settings: { appendonly: true, appendfsync: 'always' } }),
      seed: {
        image: 'redis:8',
        command: ['sh', '-c', seed.join(' && ')],
        dependsOn: { cache: 'healthy' },
      },
      app: {
        ...app,
        env: { REDIS_URL: ref('cache.url') },
        dependsOn: { seed: 'completed' },
      },
    },
  })
  await using lane = await lease(topology)
  const { cache } = lane.services
  const asDeclared = async () => {
    expect(await cache.keys()).toEqual(['boot', 'short'])
    expect(await cache.command<number>('PTTL', 'short')).toBeGreaterThan(0)
    expect(await cache.command('FCALL', 'one', 0)).toBe(1)
    await cache.command('SELECT', 3)
    expect(await cache.keys()).toEqual(['in-three'])
    await cache.command('SELECT', 0)
  }
  await asDeclared()
  await cache.command('FUNCTION', 'FLUSH')
  await cache.clear()
  await cache.set('more', 1)
  await lane.reset()
  await asDeclared()
  await cache.set('later', 1)
  await cache.kill()
  await cache.start()
  expect(await cache.keys()).toEqual(['boot', 'later', 'short'])
  await lane.reset()
  await asDeclared()
})

test('a reset restores settings, users and the role that a test changed, and clients stay connected', async ({
  sandbox,
}) => {
  const topology = declare(sandbox, { password: 'between us', settings: { maxmemory: '100mb' } })
  await using lane = await lease(topology)
  const { app, cache } = lane.services
  const connection = await send(app, 'CLIENT', 'ID')
  const lists = async () => [
    await cache.command('CONFIG', 'GET', '*'),
    await cache.command('ACL', 'LIST'),
    (await cache.command<string>('INFO', 'replication')).split('\r\n')[1],
  ]
  await cache.command('ACL', 'SETUSER', 'reader', 'on', '>x', '~a*', '(~b* +set)', '+get')
  await lane.reset()
  const before = await lists()
  for (const [name, ...parts] of [
    ['CONFIG', 'SET', 'maxmemory', '200mb', 'maxmemory-policy', 'allkeys-lru'],
    ['CONFIG', 'SET', 'notify-keyspace-events', 'KEA', 'save', '60 1 100 2'],
    ['CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 33554432 8388608 30'],
    ['ACL', 'SETUSER', 'writer', 'on', '>y', '~*', '+@all'],
    ['CLIENT', 'PAUSE', '3600000', 'WRITE'],
    ['REPLICAOF', 'localhost', '1'],
    ['CONFIG', 'SET', 'requirepass', 'other'],
    ['ACL', 'SETUSER', 'default', '-@all', '+ping'],
  ] as const)
    await cache.command(name, ...parts)
  await lane.reset()
  expect(await lists()).toEqual(before)
  expect(await send(app, 'CLIENT', 'ID')).toBe(connection)
  expect(await send(app, 'SET', 'a', '1')).toBe('+OK\r\n')
})

test('a client that is blocked at a reset gets what comes afterwards', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app, cache } = lane.services
  const waiting = send(app, 'BLPOP', 'jobs', '0')
  const blocked = () => cache.command<string>('INFO', 'clients')
  await expect.poll(blocked, { timeout: 120_000 }).toMatch(/blocked_clients:1/)
  await lane.reset()
  await cache.command('RPUSH', 'jobs', 'next')
  expect(await waiting).toContain('next')
})

test('a module of the topology is loaded', async ({ sandbox }) => {
  // No compiler can be asked for, so what shows that the server loads it is that it refuses it.
  await writeFile(join(sandbox.folder, 'extra.so'), 'not a module')
  const error = await failureOf(lease(declare(sandbox, { modules: ['./extra.so'] }, 'modules')))
  expect(isMesocosmError(error) && error.lastLogs?.join('\n')).toMatch(/mesocosm\/modules\/0\.so/)
})

test('a subscriber gets what services publish, and says what came instead', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app, cache } = lane.services
  await using orders = await cache.subscribe('orders')
  await send(app, 'PUBLISH', 'orders', 'placed 1')
  await send(app, 'PUBLISH', 'orders', 'paid 1')
  expect(await orders.waitForMessage(/^paid/)).toBe('paid 1')
  expect(orders.messages()).toEqual(['placed 1', 'paid 1'])
  const error = await failureOf(orders.waitForMessage('sent', { timeoutMs: 100 }))
  expect(error).toMatchObject({ code: 'TIMEOUT', details: ['placed 1', 'paid 1'] })
  orders.clear()
  const signal = AbortSignal.abort(new Error('enough'))
  await expect(orders.waitForMessage('sent', { signal })).rejects.toMatchObject({ code: 'ABORTED' })
})

test('a lane on a shared server is kept to its keys and channels, and leaves nothing behind', async ({
  sandbox,
}) => {
  const topology = declare(sandbox, { share: 'run', password: 'sesame-open' })
  await using one = await lease(topology)
  const { app, cache } = one.services
  const prefix = cache.key('')
  expect(prefix).toMatch(/^\w+:$/)
  expect(app.env.REDIS_URL).toMatch(/^redis:\/\/\w+:sesame-open@cache:6379$/)
  for (const refused of [
    ['GET', 'elsewhere'],
    ['PUBLISH', 'elsewhere', 'x'],
    ['FLUSHALL'],
    ['FLUSHDB'],
    ['KEYS', '*'],
    ['CONFIG', 'GET', 'save'],
    ['ACL', 'LIST'],
    ['SELECT', '1'],
    ['FUNCTION', 'LIST'],
    ['EVAL', "return redis.call('GET', 'elsewhere')", '0'],
  ])
    expect(await send(app, ...refused), refused.join(' ')).toMatch(/^-.*permissions/i)
  for (const allowed of [
    ['SELECT', '0'],
    ['INFO', 'server'],
    ['CLIENT', 'SETNAME', 'app'],
    ['EVAL', `return redis.call('SET', '${prefix}x', '1')`, '0'],
    ['SUBSCRIBE', `${prefix}news`],
  ])
    expect(await send(app, ...allowed), allowed.join(' ')).not.toMatch(/^-/)
  await expect(cache.command('KEYS', '*')).rejects.toThrow(/no permissions/)
})

test('a lane that leaves a shared server leaves nothing behind, and the password is in no record', async ({
  sandbox,
}) => {
  const topology = declare(sandbox)
  await using one = await lease(topology)
  await using two = await lease(topology)
  const node = redis({ share: 'run', password: 'sesame-open' })
  const stays = await one.add('second', node)
  const goes = await two.add('second', node)
  await stays.set('a', 1)
  await goes.set('a', 1)
  await goes.set('b', 1)
  const keeper = async (...argv: readonly string[]) => {
    const env = { REDISCLI_AUTH: 'sesame-open' }
    const { stdout } = await stays.run(['redis-cli', '--user', 'mesocosm', ...argv], { env })
    return stdout.trim().split('\n').sort()
  }
  expect(await keeper('ACL', 'USERS')).toEqual(['default', 'mesocosm', one.name, two.name].sort())
  await two.remove('second')
  expect(await keeper('ACL', 'USERS')).toEqual(['default', 'mesocosm', one.name].sort())
  expect(await keeper('KEYS', `*${two.name}:*`)).toEqual([''])
  expect(await stays.keys()).toEqual(['a'])
  const written = await recordOf(sandbox)
  expect(written).toContain('lanes.sh')
  expect(written).not.toContain('sesame-open')
})

test('a server joins a running lane, is used by a service, and leaves', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox))
  const { app, cache } = lane.services
  const second = await lane.add('second', redis())
  await app.withEnv({ REDIS_URL: 'redis://second:6379' }, async () => {
    await send(app, 'SET', 'a', '1')
    expect(await second.get('a')).toBe('1')
  })
  expect(await cache.get('a')).toBeNull()
  await lane.remove('second')
  await expect(second.get('a')).rejects.toMatchObject({ code: expect.any(String) })
  expect(await send(app, 'SET', 'a', '2')).toBe('+OK\r\n')
  expect(await cache.get('a')).toBe('2')
})
