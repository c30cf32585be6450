import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { drizzle } from 'drizzle-orm/node-postgres'
import { migrate } from 'drizzle-orm/node-postgres/migrator'
import Knex from 'knex'
import { defineTopology, lease } from 'mesocosm'
import pg from 'pg'
import { closureOf } from '../../../test/lib/closure.ts'
import { expect, test } from '../../../test/lib/test.ts'
import * as services from '../test/migrators/services.ts'
import { postgres } from './index.ts'

const home = join(import.meta.dirname, '../test/migrators')

/** Creates the folder `api` of an application, with its packages as an installation has them. */
const writeApi = (root: string, source: 'knex' | 'drizzle', packages: readonly string[]) => {
  const api = join(root, 'api')
  cpSync(join(home, source), api, { recursive: true })
  for (const folder of packages.flatMap((name) => closureOf(name, import.meta.url)))
    cpSync(folder, api + folder.slice(folder.lastIndexOf('/node_modules/')), { recursive: true })
  writeFileSync(join(api, 'package.json'), '{ "name": "api", "private": true }')
  writeFileSync(join(api, 'Dockerfile'), 'FROM node:24-trixie-slim\nWORKDIR /app\nCOPY . .\n')
  return api
}

test('Knex migrates the template once', async ({ sandbox: { folder } }) => {
  const api = writeApi(folder, 'knex', ['knex', 'pg'])
  mkdirSync(join(api, 'node_modules/.bin'))
  symlinkSync('../knex/bin/cli.js', join(api, 'node_modules/.bin/knex'))
  const topology = defineTopology({ name: 'knex', root: folder, services: services.knex })
  await using lane = await lease(topology)
  const { db } = lane.services
  await db.query('drop table users')
  await lane.reset()
  expect(await db.query('select * from users')).toEqual([{ id: 1, name: 'ann' }])
  expect(await db.query('select name from knex_migrations')).toEqual([{ name: '1_users.cjs' }])
})

test('Drizzle migrates the template once', async ({ sandbox: { folder } }) => {
  writeApi(join(folder, 'drizzle'), 'drizzle', ['drizzle-orm', 'pg'])
  const root = join(folder, 'drizzle')
  const topology = defineTopology({ name: 'drizzle', root, services: services.drizzle })
  await using lane = await lease(topology)
  const { db } = lane.services
  await db.query("insert into users (name) values ('bob')")
  await lane.reset()
  expect(await db.query('select * from users')).toEqual([{ id: 1, name: 'ann' }])
  const journal = 'select count(*)::int as runs from drizzle.__drizzle_migrations'
  expect(await db.query(journal)).toEqual([{ runs: 1 }])
})

test('Knex and Drizzle migrate in every test of a file, with a reset between', async ({
  sandbox: { folder },
}) => {
  const topology = defineTopology({
    name: 'each',
    root: folder,
    services: { one: postgres(), two: postgres({ database: 'two' }) },
  })
  await using lane = await lease(topology)
  const { one, two } = lane.services
  for (let count = 0; count < 2; count += 1) {
    const knex = Knex({
      client: 'pg',
      connection: one.url,
      migrations: { directory: join(home, 'knex/migrations'), loadExtensions: ['.cjs'] },
    })
    await knex.migrate.latest()
    await knex.destroy()
    const pool = new pg.Pool({ connectionString: two.url })
    await migrate(drizzle(pool), { migrationsFolder: join(home, 'drizzle/drizzle') })
    await pool.end()
    for (const db of [one, two])
      expect(await db.query('select * from users')).toEqual([{ id: 1, name: 'ann' }])
    await lane.reset()
    for (const db of [one, two])
      await expect(db.query('select * from users')).rejects.toMatchObject({ code: '42P01' })
  }
})
