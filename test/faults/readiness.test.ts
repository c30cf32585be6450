import { defineTopology, exec, healthcheck, lease, log, tcp } from 'mesocosm'
import { app, askFrom } from '../lib/app.ts'
import { expect, test } from '../lib/test.ts'
import { writeFolder } from './lease.ts'

const script = (source: string) => ({ image: app.image, command: ['node', '-e', source] }) as const

test('log, exec and tcp probes wait for the line, the program and the listener', async ({
  sandbox,
}) => {
  const late = { ...app, env: { BOOT_MS: 300 } }
  const writes = 'setTimeout(() => require("node:fs").writeFileSync("/tmp/done", ""), 300)'
  await using lane = await lease(
    defineTopology({
      name: 'probes',
      root: sandbox.folder,
      services: {
        says: { ...late, ready: log('listens on 3000') },
        writes: {
          ...script(`${writes}; setInterval(() => {}, 1e6)`),
          ready: exec(['test', '-e', '/tmp/done']),
        },
        listens: { ...late, ready: tcp() },
        inside: { ...late, ready: tcp('http', { from: 'inside' }) },
      },
    }),
  )
  const { says, writes: writer, listens, inside } = lane.services
  expect(says.logs.text()).toContain('listens on 3000')
  expect((await writer.run(['test', '-e', '/tmp/done'])).exitCode).toBe(0)
  for (const service of [listens, inside])
    expect((await fetch(`${service.http.url}/health`)).status).toBe(200)
})

test('the health check of an image is awaited, with and without a healthcheck probe', async ({
  sandbox,
}) => {
  const build = writeFolder(sandbox, 'healthy', {
    Dockerfile: `FROM ${app.image}\nHEALTHCHECK --interval=1s CMD test -e /tmp/done\n`,
  })
  const command = ['sh', '-c', 'sleep 0.5; touch /tmp/done; exec sleep 1000']
  await using lane = await lease(
    defineTopology({
      name: 'healthy',
      root: sandbox.folder,
      services: {
        named: { build, command, ready: healthcheck() },
        unnamed: { build, command },
      },
    }),
  )
  for (const service of [lane.services.named, lane.services.unnamed])
    expect((await service.run(['test', '-e', '/tmp/done'])).exitCode).toBe(0)
})

test('a service starts after a one-shot dependency has completed', async ({ sandbox }) => {
  await using lane = await lease(
    defineTopology({
      name: 'migration',
      root: sandbox.folder,
      services: {
        store: app,
        migrate: {
          ...script(`
            fetch('http://store:3000/say?text=migrating')
              .then(() => setTimeout(() => console.log('migrated'), 300))
          `),
          dependsOn: ['store'],
        },
        api: { ...app, dependsOn: { migrate: 'completed' } },
      },
    }),
  )
  const { store, migrate, api } = lane.services
  const [first, second, third] = await Promise.all([
    store.logs.waitFor('migrating'),
    migrate.logs.waitFor('migrated'),
    api.logs.waitFor('listens'),
  ])
  expect(first.time).toBeLessThan(second.time)
  expect(second.time).toBeLessThan(third.time)
  // A reset does not repeat a one-shot.
  await lane.reset()
  expect(migrate.logs.text()).toBe('migrated')
})

test('a dependency with the condition started is not awaited', async ({ sandbox }) => {
  await using lane = await lease(
    defineTopology({
      name: 'started',
      root: sandbox.folder,
      services: {
        slow: { ...app, env: { BOOT_MS: 6_000 } },
        api: { ...app, dependsOn: { slow: 'started' } },
        web: { ...app, dependsOn: { slow: 'healthy' } },
      },
    }),
  )
  const { slow, api, web } = lane.services
  const [ready, early, late] = await Promise.all(
    [slow, api, web].map(async ({ logs }) => (await logs.waitFor('listens')).time),
  )
  expect(early).toBeLessThan(ready as number)
  expect(late).toBeGreaterThan(ready as number)
  expect(await askFrom(api, 'http://slow:3000/health')).toMatchObject({ answer: '"ok"' })
})
