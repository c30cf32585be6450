import { expect, test } from 'vitest'
import { postgres } from '../index.ts'
import { findServerPackage } from './server-package.ts'

const localOf = (options: Parameters<typeof postgres>[0]) =>
  (postgres(options) as unknown as { readonly local: object }).local

test('another image than the official one has no process form', () => {
  for (const image of ['postgis/postgis:17-3.5', 'registry.acme.test/postgres:17'])
    expect(localOf({ image })).toMatchObject({
      unsupported: expect.stringContaining(image),
      remedy: expect.stringMatching(/image/),
    })
})

test('settings that hide when the server is ready have no process form', () => {
  expect(localOf({ settings: { logging_collector: true } })).toMatchObject({
    unsupported: expect.stringContaining('logging_collector'),
  })
})

test('a migrator that only its image can run has no process form', () => {
  const unsupported = { unsupported: expect.stringContaining('migrator') }
  expect(localOf({ migrate: { image: 'acme/migrate', command: ['up'] } })).toMatchObject(
    unsupported,
  )
  const files = [{ from: './migrations', to: '/srv/migrations' }]
  expect(localOf({ migrate: { build: './api', command: ['up'], files } })).toMatchObject(
    unsupported,
  )
})

test.skipIf(findServerPackage() === undefined)(
  'the official image, also with a registry, has a process form',
  () => {
    for (const image of ['postgres', 'postgres:17-trixie', 'docker.io/library/postgres@sha256:0'])
      expect(localOf({ image })).toHaveProperty('command')
  },
)

test.skipIf(findServerPackage() === undefined)(
  'a migrator runs in the folder of its build, or where it says',
  () => {
    const migrationOf = (migrate: object) =>
      (
        localOf({ migrate: { command: ['npx', 'knex'], ...migrate } as never }) as {
          readonly tasks: { readonly setup: readonly { readonly argv: readonly string[] }[] }
        }
      ).tasks.setup[1]?.argv.slice(2)
    expect(migrationOf({ build: './api', env: { A: '1' } })).toEqual([
      ...['migrate', './api', '["A"]', 'npx', 'knex'],
    ])
    expect(migrationOf({ image: 'x', local: { cwd: 'db', command: ['up'] } })).toEqual([
      ...['migrate', 'db', '[]', 'up'],
    ])
  },
)
