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
  port: () => ({ host: '127.0.0.1', port: 1, url: 'amqp://127.0.0.1:1' }),
  run: async () => ({ exitCode: 0, stdout: '', stderr: '', durationMs: 0 }),
  logs: {} as PluginService['logs'],
  onRelease: () => {},
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
