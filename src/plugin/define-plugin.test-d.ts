// Checked only by the compiler: `tsc -p tsconfig.test.json`.

import { ref } from '../define/env-value.ts'
import type { PluginServiceDefinition } from '../define/plugin-node.ts'
import { defineTopology } from '../define/topology.ts'
import { definePlugin } from './define-plugin.ts'
import { self } from './self.ts'

const plain = definePlugin({ name: 'plain', service: () => ({ image: 'x' }) })
plain() satisfies PluginServiceDefinition<never, never, object>

const optional = definePlugin({
  name: 'optional',
  service: (options: { readonly size?: number } = {}) => ({
    image: 'x',
    ports: { sql: 1, http: 2 },
    command: options.size === undefined ? [] : [String(options.size)],
    outputs: { url: ['x://', self('sql.host'), '/', ref('lane.name')], user: 'me' },
  }),
  client: (service, options) => {
    service.outputs.url satisfies string
    service.port('sql').port satisfies number
    // @ts-expect-error no such output
    service.outputs.password
    // @ts-expect-error no such port
    service.port('grpc')
    options.size satisfies number | undefined
    service.onRelease(async () => {})
    return { query: async (sql: string) => (await service.run([sql])).stdout }
  },
})
optional() satisfies PluginServiceDefinition<
  'sql' | 'http',
  'url' | 'user',
  { query(sql: string): Promise<string> }
>
optional({ size: 1 })
optional({ size: 1, readyTimeoutMs: 5, dependsOn: ['x'] })
plain({ cpus: 2 })
// @ts-expect-error unknown option
optional({ sizee: 1 })
// @ts-expect-error the command belongs to the plugin
optional({ command: ['x'] })

definePlugin({
  name: 'capturing',
  service: () => ({ image: 'x', ports: { smtp: 25 } }),
  client: () => ({ list: async () => ['a'] }),
  captured: async ({ client, service, signal }) => {
    signal satisfies AbortSignal
    service.port('smtp').port satisfies number
    // @ts-expect-error no such port
    service.port('http')
    return (await client.list()).map((id) => ({
      kind: 'object',
      id,
      at: new Date(),
      do: 'put',
      bucket: 'b',
      key: id,
    }))
  },
})

const required = definePlugin({
  name: 'required',
  service: (options: { readonly image: string }) => ({ image: options.image }),
})
required({ image: 'x' })
// @ts-expect-error the option is required
required()

export const wrong = [
  // @ts-expect-error unknown service key
  definePlugin({ name: 'x', service: () => ({ image: 'x', prots: { a: 1 } }) }),
  // @ts-expect-error wrong type of a key
  definePlugin({ name: 'x', service: () => ({ image: 'x', share: 'all' }) }),
  definePlugin({
    name: 'x',
    service: () => ({ image: 'x' }),
    // @ts-expect-error a name that every handle has
    client: () => ({ restart: async () => {} }),
  }),
]

export const topology = defineTopology({
  name: 'plugins',
  services: {
    db: optional(),
    tuned: { ...optional(), cpus: 2 },
    api: { image: 'x', env: { A: ref('db.url'), B: ref('tuned.user'), C: ref('db.sql.url') } },
  },
})

export const wrongNodes = [
  // @ts-expect-error unknown key next to those of a plugin's definition
  defineTopology({ name: 'x', services: { db: { ...optional(), cpu: 2 } } }),
  defineTopology({
    name: 'x',
    // @ts-expect-error the plugin has no such output
    services: { db: optional(), a: { image: 'x', env: { A: ref('db.password') } } },
  }),
]
