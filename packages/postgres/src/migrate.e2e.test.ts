import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineTopology, isMesocosmError, lease } from 'mesocosm'
import { expect, test } from '../../../test/lib/test.ts'
import { type PostgresOptions, postgres } from './index.ts'

const declare = (root: string, name: string, options: PostgresOptions) =>
  defineTopology({ name, root, services: { db: postgres(options) } })

/** Migrates as a migrator with a journal does; every run is a row, with the names of its variables. */
const script = `
psql -X -v ON_ERROR_STOP=1 -c "create table users (name text)" -c "create table journal (run serial, url text)" \\
  -c "insert into journal (url) values ('$DATABASE_URL')" && psql -X "$DATABASE_URL" -v ON_ERROR_STOP=1 -f /migrations/1.sql`

test('a migrator runs once; every lane has the result, and so have later runs', async ({
  sandbox: { folder },
}) => {
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
  const state = async (count: number) => {
    await using lane = await lease(topology, { key: `lane-${count}` })
    const { db } = lane.services
    const before = await db.query('select run, url, name from journal, users')
    await db.query('drop table users')
    await lane.reset()
    return [before, await db.query('select run, url, name from journal, users')]
  }
  const url = 'postgres://postgres:between%2Fus%261@127.0.0.1:5432/app'
  const rows = [{ run: 1, url, name: 'ann' }]
  expect(await Promise.all([state(1), state(2)])).toEqual([
    [rows, rows],
    [rows, rows],
  ])
  expect(await state(3)).toEqual([rows, rows])
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
