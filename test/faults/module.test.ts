import { defineTopology, lease, log, ref, testcontainer } from 'mesocosm'
import { GenericContainer, Wait } from 'testcontainers'
import { app, envOf } from '../lib/app.ts'
import { expect, test } from '../lib/test.ts'

test('a container object of testcontainers runs as a service', async ({ sandbox }) => {
  const container = new GenericContainer(app.image)
    .withCommand([...app.command])
    .withCopyFilesToContainer([{ source: app.files[0].from, target: '/app.cjs' }])
    .withEnvironment({ GREETING: 'from the object' })
    .withExposedPorts(3000)
    .withWaitStrategy(Wait.forLogMessage(/listens on/))
  await using lane = await lease(
    defineTopology({
      name: 'object',
      root: sandbox.folder,
      services: {
        greeter: { from: container, ports: { http: 3000 }, env: { MORE: 'declared' } },
        api: { ...app, env: { GREETER: ref('greeter.http.url') } },
      },
    }),
  )
  const { greeter, api } = lane.services
  expect(await envOf(greeter)).toMatchObject({ GREETING: 'from the object', MORE: 'declared' })
  expect((await envOf(api)).GREETER).toBe('http://greeter:3000')
  await greeter.withEnv({ MORE: 'changed' }, async () =>
    expect(await envOf(greeter)).toMatchObject({ GREETING: 'from the object', MORE: 'changed' }),
  )
})

test('a module of testcontainers runs as a service', async ({ sandbox }) => {
  await using lane = await lease(
    defineTopology({
      name: 'module',
      root: sandbox.folder,
      services: {
        db: {
          from: testcontainer<typeof import('@testcontainers/postgresql')>({
            module: '@testcontainers/postgresql',
            export: 'PostgreSqlContainer',
            args: ['postgres:17-trixie'],
            options: { withDatabase: ['books'], withUsername: ['reader'] },
            resolveFrom: import.meta.url,
          }),
          ports: { sql: { port: 5432, scheme: 'postgres' } },
        },
      },
    }),
  )
  const { db } = lane.services
  const sql = 'select current_user, current_database()'
  const { stdout } = await db.run(
    [
      'sh',
      '-c',
      `$(ls -d /usr/lib/postgresql/*/bin)/psql -h 127.0.0.1 -U reader -d books -Atc "${sql}"`,
    ],
    { env: { PGPASSWORD: 'test' } },
  )
  expect(stdout.trim()).toBe('reader|books')
})

test('unsupported settings of a container are reported', async ({ sandbox }) => {
  const container = new GenericContainer(app.image).withPrivilegedMode()
  const leased = lease(
    defineTopology({
      name: 'privileged',
      root: sandbox.folder,
      services: { api: { from: container, ready: log('never') } },
    }),
  )
  await expect(leased).rejects.toMatchObject({
    code: 'MODULE_UNREADABLE',
    details: [expect.stringMatching(/privileged/i)],
  })
})
