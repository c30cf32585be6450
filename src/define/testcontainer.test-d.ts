// Checked only by the compiler: `tsc -p tsconfig.test.json`.
import { PostgreSqlContainer } from '@testcontainers/postgresql'
import { GenericContainer } from 'testcontainers'
import { ref } from './env-value.ts'
import { testcontainer } from './testcontainer.ts'
import { defineTopology } from './topology.ts'

export const topology = defineTopology({
  name: 'containers',
  services: {
    generic: { from: new GenericContainer('a').withExposedPorts(80), ports: { http: 80 } },
    module: { from: new PostgreSqlContainer('postgres:17').withDatabase('app') },
    data: {
      from: testcontainer<typeof import('@testcontainers/postgresql')>({
        module: '@testcontainers/postgresql',
        export: 'PostgreSqlContainer',
        args: ['postgres:17'],
        options: {
          withDatabase: ['app'],
          withEnvironment: [{ A: 'b' }],
          withCommand: [['-c', 'fsync=off']],
          withExposedPorts: [5432],
          withCopyFilesToContainer: [[{ source: 'a', target: 'b' }]],
        },
      }),
      ports: { sql: 5432 },
      env: { HTTP: ref('generic.http.url') },
    },
  },
})

type Postgres = typeof import('@testcontainers/postgresql')
const module = '@testcontainers/postgresql'
const args = ['postgres:17'] as const

export const wrong = [
  // @ts-expect-error no container class of this module
  testcontainer<Postgres>({ module, export: 'StartedPostgreSqlContainer', args }),
  // @ts-expect-error the constructor needs an image
  testcontainer<Postgres>({ module, export: 'PostgreSqlContainer' }),
  // @ts-expect-error wrong constructor argument
  testcontainer<Postgres>({ module, export: 'PostgreSqlContainer', args: [17] }),
  testcontainer<Postgres>({
    module,
    export: 'PostgreSqlContainer',
    args,
    // @ts-expect-error no such method
    options: { withDatabse: ['a'] },
  }),
  testcontainer<Postgres>({
    module,
    export: 'PostgreSqlContainer',
    args,
    // @ts-expect-error wrong argument of a method
    options: { withDatabase: [1] },
  }),
  testcontainer<Postgres>({
    module,
    export: 'PostgreSqlContainer',
    args,
    // @ts-expect-error takes an object that is not data
    options: { withWaitStrategy: [] },
  }),
  testcontainer<Postgres>({
    module,
    export: 'PostgreSqlContainer',
    args,
    // @ts-expect-error takes an object that is not data
    options: { withNetwork: [] },
  }),
  testcontainer<Postgres>({
    module,
    export: 'PostgreSqlContainer',
    args,
    // @ts-expect-error takes a function
    options: { withLogConsumer: [] },
  }),
  // @ts-expect-error an object that is not a container
  defineTopology({ name: 'x', services: { a: { from: { image: 'x' } } } }),
]
