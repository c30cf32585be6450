// Checked only by the compiler: `tsc -p tsconfig.test.json`.
import { ref, secret } from './env-value.ts'
import type { EndpointName } from './lane.ts'
import { all, http, log, tcp } from './probes.ts'
import { testEndpoint } from './test-endpoint.ts'
import { defineTopology } from './topology.ts'

const image = 'acme/any'
const db = { image, ports: { sql: 5432 } }

export const right = defineTopology({
  name: 'right',
  services: {
    db,
    api: {
      build: { context: './api', target: 'run' },
      ports: { http: 3000, admin: { port: 3001, protocol: 'tcp', scheme: 'https' } },
      env: {
        DB: ref('db.sql.url'),
        PARTS: ['x', 1, true, secret('s'), ref('api.admin.port')],
        SELF: ref('api.http.url'),
        UNSET: undefined,
        TOKEN: secret('s'),
        WEB: ref('web.host', { wait: false }),
      },
      dependsOn: ['db', 'web'],
      ready: all(http('/health', { port: 'admin' }), tcp('http'), log(/listening/)),
      files: [
        { from: './a', to: '/a' },
        { content: 'x', to: '/x', mode: 0o644 },
      ],
      tmpfs: ['/tmp'],
      debug: 9229,
    },
    'a-9': { image },
    web: { image, dependsOn: { api: 'started', db: 'completed' }, tmpfs: { '/tmp': 'size=1m' } },
  },
})
right.name satisfies 'right'

export const wrong = [
  // @ts-expect-error neither image nor build nor from
  defineTopology({ name: 'x', services: { a: { ports: { http: 1 } } } }),
  // @ts-expect-error two of image, build and from
  defineTopology({ name: 'x', services: { a: { image, build: '.' } } }),
  // @ts-expect-error two of image, build and from
  defineTopology({ name: 'x', services: { a: { build: '.', from: { start: () => {} } } } }),
  // @ts-expect-error only an unknown service key
  defineTopology({ name: 'x', services: { a: { imagee: 'x' } } }),
  // @ts-expect-error unknown service key next to valid ones
  defineTopology({ name: 'x', services: { a: { image, imagee: 'x' } } }),
  // @ts-expect-error unknown build key
  defineTopology({ name: 'x', services: { a: { build: { context: '.', dockerfilee: 'x' } } } }),
  defineTopology({
    name: 'x',
    // @ts-expect-error unknown port key
    services: { a: { image, ports: { http: { port: 1, protocoll: 'tcp' } } } },
  }),
  // @ts-expect-error a port name that every handle has
  defineTopology({ name: 'x', services: { a: { image, ports: { logs: 3 } } } }),
  // @ts-expect-error wrong service in a ref
  defineTopology({ name: 'x', services: { db, a: { image, env: { A: ref('dbb.host') } } } }),
  // @ts-expect-error wrong output in a ref
  defineTopology({ name: 'x', services: { db, a: { image, env: { A: ref('db.http.url') } } } }),
  // @ts-expect-error wrong ref among parts
  defineTopology({ name: 'x', services: { db, a: { image, env: { A: ['x', ref('db.nope')] } } } }),
  // @ts-expect-error null is not a value
  defineTopology({ name: 'x', services: { a: { image, env: { A: null } } } }),
  // @ts-expect-error unknown service in dependsOn
  defineTopology({ name: 'x', services: { db, a: { image, dependsOn: ['dbb'] } } }),
  // @ts-expect-error itself in dependsOn
  defineTopology({ name: 'x', services: { db, a: { image, dependsOn: ['a'] } } }),
  defineTopology({
    name: 'x',
    // @ts-expect-error unknown service in a dependsOn record next to a valid one
    services: { db, a: { image, dependsOn: { db: 'healthy', c: 'healthy' } } },
  }),
  // @ts-expect-error unknown condition
  defineTopology({ name: 'x', services: { db, a: { image, dependsOn: { db: 'ready' } } } }),
  // @ts-expect-error probe of an undeclared port
  defineTopology({ name: 'x', services: { a: { ...db, ready: http('/', { port: 'http' }) } } }),
  // @ts-expect-error probe of an undeclared port, inside all
  defineTopology({ name: 'x', services: { a: { ...db, ready: all(log('x'), tcp('http')) } } }),
  // @ts-expect-error a shell line instead of argv
  defineTopology({ name: 'x', services: { a: { image, command: 'node server.js' } } }),
  // @ts-expect-error wrong unit
  defineTopology({ name: 'x', services: { a: { image, memoryMiB: '512' } } }),
  defineTopology({
    name: 'x',
    // @ts-expect-error from and content at once
    services: { a: { image, files: [{ to: '/x', from: 'a', content: 'b' }] } },
  }),
  // @ts-expect-error unknown share
  defineTopology({ name: 'x', services: { a: { image, share: 'all' } } }),
  // @ts-expect-error exec that is not a function
  defineTopology({ name: 'x', services: { a: { image, exec: { x: 'node' } } } }),
  defineTopology({
    name: 'x',
    // @ts-expect-error exec whose argv has a number
    services: { a: { image, exec: { x: (n: number) => ['node', n] } } },
  }),
  // @ts-expect-error no service
  defineTopology({ name: 'x', services: { a: 3 } }),
  // @ts-expect-error reserved service name
  defineTopology({ name: 'x', services: { lane: { image } } }),
  // @ts-expect-error a service name that is not a host name
  defineTopology({ name: 'x', services: { userDb: { image } } }),
  // @ts-expect-error a service name that is not a host name, next to valid ones
  defineTopology({ name: 'x', services: { db, user_db: { build: '.' } } }),
  // @ts-expect-error a service name of a plugin that is not a host name
  defineTopology({ name: 'x', services: { userDb: { ...db } } }),
  // @ts-expect-error a key of Compose
  defineTopology({ name: 'x', services: { a: { image, environment: { A: '1' } } } }),
  // @ts-expect-error unknown topology key
  defineTopology({ name: 'x', services: { a: { image } }, rot: '/' }),
]

const more = right.with(
  {
    mail: { image, ports: { smtp: 25 }, env: { API: ref('api.http.url'), OWN: ref('mail.host') } },
  },
  { api: { DB: ref('mail.smtp.url'), UNSET: 'now' } },
)
more.definition.services.mail.ports satisfies { readonly smtp: 25 }
more.definition.services.api satisfies object
export const wrongWith = [
  // @ts-expect-error wrong ref in an added service
  right.with({ mail: { image, env: { A: ref('mial.host') } } }),
  // @ts-expect-error unknown key in an added service
  right.with({ mail: { image, imagee: 'x' } }),
  // @ts-expect-error wrong ref in a patch
  right.with({ mail: { image } }, { api: { DB: ref('mial.host') } }),
  // @ts-expect-error unknown variable in a patch
  right.with({ mail: { image } }, { api: { DBB: 'x' } }),
  // @ts-expect-error unknown service in a patch
  right.with({ mail: { image } }, { apii: { DB: 'x' } }),
]

const less = right.without('web', 'db')
less.definition.services.api satisfies object
// @ts-expect-error removed
less.definition.services.web
// @ts-expect-error never declared
right.without('webb')

const calledBack = defineTopology({
  name: 'called-back',
  services: {
    hooks: testEndpoint(),
    mail: testEndpoint({ ports: { smtp: 2525 } }),
    api: { image, env: { A: [ref('hooks.http.url'), '/paddle'], B: ref('mail.smtp.port') } },
  },
})
'hooks' satisfies EndpointName<typeof calledBack>
'mail' satisfies EndpointName<typeof calledBack>
// @ts-expect-error a service with a program of its own
'api' satisfies EndpointName<typeof calledBack>
export const wrongEndpoint = defineTopology({
  name: 'x',
  // @ts-expect-error wrong port of an endpoint in a ref
  services: { hooks: testEndpoint(), a: { image, env: { A: ref('hooks.smtp.url') } } },
})
