import { expect, test } from 'vitest'
import { type PluginService, pluginOf } from '../define/plugin-node.ts'
import { definePlugin } from './define-plugin.ts'
import { self } from './self.ts'

const queue = definePlugin({
  name: 'queue',
  service: (options: { readonly image?: string; readonly names?: readonly string[] }) => ({
    image: options.image ?? 'queue:1',
    ports: { amqp: 5672 },
    outputs: { url: ['amqp://', self('amqp.host')] },
  }),
  client: (service, options) => ({
    names: () => options.names ?? [],
    address: () => `${service.name} at ${service.outputs.url}`,
  }),
})

const running: PluginService = {
  name: 'jobs',
  outputs: { url: 'amqp://127.0.0.1:1' },
  port: () => ({
    host: '127.0.0.1',
    port: 1,
    url: 'amqp://127.0.0.1:1',
    fetch: () => Promise.reject(new Error('not called')),
  }),
  run: async () => ({ exitCode: 0, stdout: '', stderr: '', durationMs: 0 }),
  logs: {} as PluginService['logs'],
  onRelease: () => {},
  recordCaptured: async () => {},
}

test('a factory returns the service definition, with the plugin under a symbol', () => {
  const node = queue({ image: 'queue:2' })
  expect(JSON.parse(JSON.stringify(node))).toEqual({
    image: 'queue:2',
    ports: { amqp: 5672 },
    outputs: { url: ['amqp://', { ref: 'self.amqp.host' }] },
  })
  expect(pluginOf(node)).toMatchObject({ name: 'queue', options: { image: 'queue:2' } })
})

test('options can be left out if none is required', () => {
  expect(queue()).toMatchObject({ image: 'queue:1' })
  expect(pluginOf(queue())?.options).toEqual({})
})

test('the client gets the running service and the options of its definition', () => {
  const client = pluginOf(queue({ names: ['a'] }))?.client?.(running) as Record<
    string,
    () => unknown
  >
  expect(client.names?.()).toEqual(['a'])
  expect(client.address?.()).toBe('jobs at amqp://127.0.0.1:1')
})

test('what a service has captured is asked of the plugin, with its client', async () => {
  const capturing = definePlugin({
    name: 'capturing',
    service: () => ({ image: 'x' }),
    client: () => ({ keys: () => ['a.pdf'] }),
    captured: async ({ client, service }) =>
      client.keys().map((key) => ({
        kind: 'object',
        id: key,
        at: new Date(0),
        do: 'put',
        bucket: service.name,
        key,
      })),
  })
  const mark = pluginOf(capturing())
  const client = mark?.client?.(running) ?? {}
  const { signal } = new AbortController()
  expect(await mark?.captured?.({ service: running, client, signal })).toMatchObject([
    { bucket: 'jobs', key: 'a.pdf' },
  ])
  expect(pluginOf(queue())).not.toHaveProperty('captured')
})

test('a definition that was spread keeps its plugin', () => {
  expect(pluginOf({ ...queue(), cpus: 2 })?.name).toBe('queue')
})

test('pluginOf returns a plugin without client, and undefined for a plain service', () => {
  const plain = definePlugin({ name: 'plain', service: () => ({ image: 'x' }) })
  expect(pluginOf(plain())?.client).toBeUndefined()
  expect(pluginOf({ image: 'x' })).toBeUndefined()
  expect(pluginOf(null)).toBeUndefined()
})

test('every factory accepts the common keys of a service, next to its own options', () => {
  const named = definePlugin({
    name: 'named',
    service: () => ({ image: 'x', labels: { a: '1' }, aliases: ['one'], dependsOn: ['db'] }),
  })
  const common = {
    readyTimeoutMs: 5,
    platform: 'linux/arm64',
    memoryMiB: 64,
    shmSizeMiB: 128,
    capAdd: ['SYS_NICE'],
    extraHosts: { mirror: '10.0.0.7' },
    labels: { b: '2' },
    aliases: ['two'],
    dependsOn: { setup: 'completed' },
  } as const
  expect(named(common)).toMatchObject({
    readyTimeoutMs: 5,
    platform: 'linux/arm64',
    memoryMiB: 64,
    shmSizeMiB: 128,
    capAdd: ['SYS_NICE'],
    extraHosts: { mirror: '10.0.0.7' },
    labels: { a: '1', b: '2' },
    aliases: ['one', 'two'],
    dependsOn: { db: 'healthy', setup: 'completed' },
  })
  expect(queue({ names: ['a'], cpus: 2 })).toMatchObject({ image: 'queue:1', cpus: 2 })
  expect(JSON.parse(JSON.stringify(named()))).toEqual({
    image: 'x',
    labels: { a: '1' },
    aliases: ['one'],
    dependsOn: ['db'],
  })
})

test('the time of tasks is that of taskTimeoutMs, unless a task has its own', () => {
  const tasked = definePlugin({
    name: 'tasked',
    service: () => ({
      image: 'x',
      tasks: { setup: [{ argv: ['a'], timeoutMs: 5 }, { argv: ['b'] }], reset: [{ argv: ['c'] }] },
    }),
  })
  expect(tasked({ taskTimeoutMs: 7 })).toMatchObject({
    tasks: {
      setup: [
        { argv: ['a'], timeoutMs: 5 },
        { argv: ['b'], timeoutMs: 7 },
      ],
      reset: [{ argv: ['c'], timeoutMs: 7 }],
    },
  })
  expect(tasked()).toHaveProperty('tasks.reset', [{ argv: ['c'] }])
  expect(queue({ taskTimeoutMs: 7 })).not.toHaveProperty('tasks')
})
