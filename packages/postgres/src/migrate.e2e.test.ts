import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, isMesocosmError, lease } from 'mesocosm'
import { cleared } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { type PostgresOptions, postgres } from './index.ts'

const declare = (root: string, name: string, options: PostgresOptions) =>
  defineTopology({ name, root, services: { db: postgres(options) } })

/** Migrates as a migrator with a journal does; every run leaves a row of its own. */
const script = `
psql -X -v ON_ERROR_STOP=1 -c "create table users (name text)" -c "create table journal (id uuid default gen_random_uuid(), url text)" \\
  -c "insert into journal (url) values ('$DATABASE_URL')" && psql -X "$DATABASE_URL" -v ON_ERROR_STOP=1 -f /migrations/1.sql`

test('a migrator runs once; every lane has the result, and so have later runs', async ({
  sandbox,
}) => {
  const { folder } = sandbox
  mkdirSync(join(folder, 'migrations'))
  writeFileSync(join(folder, 'init.sql'), 'create role reader;')
  writeFileSync(
    join(folder, 'migrations/1.sql'),
    "grant select on users to reader; insert into users values ('ann');",
  )
  const topology = declare(folder, 'migrated', {
    init: ['./init.sql'],
    password: 'between/us&1',
    migrate: {
      image: 'postgres:17-trixie',
      command: ['sh', '-c', script],
      files: [{ from: './migrations', to: '/migrations' }],
    },
  })
  const state = async (key: string) => {
    await using lane = await lease(topology, { key })
    const { db } = lane.services
    const before = await db.query<{ id: string }>('select id, url, name from journal, users')
    await db.query('drop table users')
    await lane.reset()
    expect(await db.query('select id, url, name from journal, users')).toEqual(before)
    return before
  }
  const [one, two] = await Promise.all([state('one'), state('two')])
  const url = 'postgres://postgres:between%2Fus%261@127.0.0.1:5432/app'
  expect(one).toEqual([{ id: expect.any(String), url, name: 'ann' }])
  expect(two).toEqual(one)
  const [first = ''] = sandbox.runs()
  await cleared(first)
  expect(await state('three')).toEqual(one)
  expect(sandbox.runs()).toHaveLength(2)
})

test('a migrator that fails is reported with its last lines, and spoils nothing', async ({
  sandbox: { folder },
}) => {
  mkdirSync(join(folder, 'steps'))
  writeFileSync(join(folder, 'steps/1.sql'), 'create table a (id int);\ninsert into b values (1);')
  const topology = declare(folder, 'failing', {
    migrate: {
      image: 'postgres:17-trixie',
      command: ['psql', '-X', '-v', 'ON_ERROR_STOP=1', '-f', '/steps/1.sql'],
      files: [{ from: './steps', to: '/steps' }],
    },
  })
  const failure = await lease(topology).catch((error: unknown) => error)
  if (!isMesocosmError(failure)) throw failure
  expect(failure).toMatchObject({ code: 'TASK_FAILED', facts: { service: 'db', exitCode: 3 } })
  expect(failure.message).toContain('relation "b" does not exist')
  writeFileSync(join(folder, 'steps/1.sql'), 'create table a (id int);')
  await using lane = await lease(topology)
  expect(await lane.services.db.query('select * from a')).toEqual([])
})
