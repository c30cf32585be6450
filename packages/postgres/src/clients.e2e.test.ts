import { defineTopology, lease } from 'mesocosm'
import pg from 'pg'
import { DataSource, EntitySchema, type MigrationInterface, type QueryRunner } from 'typeorm'
import { eventually } from '../../../test/lib/eventually.ts'
import type { Sandbox } from '../../../test/lib/sandbox.ts'
import { expect, test } from '../../../test/lib/test.ts'
import { type PostgresOptions, postgres } from './index.ts'

// Clients that stay connected over resets, as those of services and of test files.

const declare = ({ folder }: Sandbox, name: string, options: PostgresOptions = {}) =>
  defineTopology({
    name,
    root: folder,
    services: {
      db: postgres({ init: [`${import.meta.dirname}/../test/schema.sql`], ...options }),
    },
  })

interface UserRow {
  readonly id: number
  readonly name: string
}

const User = new EntitySchema<UserRow>({
  name: 'user',
  tableName: 'users',
  columns: {
    id: { type: Number, primary: true, generated: true },
    name: { type: String, unique: true },
  },
})

// The time in its name is what TypeORM sorts by.
class Users1700000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('create table users (id serial primary key, name text unique not null)')
    await runner.query("insert into users (name) values ('ann')")
  }
  async down(runner: QueryRunner): Promise<void> {
    await runner.query('drop table users')
  }
}

test('TypeORM migrates in every test over one data source, with a reset between', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox, 'typeorm'))
  const { db } = lane.services
  const source = await new DataSource({
    type: 'postgres',
    url: db.url,
    entities: [User],
    migrations: [Users1700000000000],
  }).initialize()
  try {
    for (let count = 0; count < 3; count += 1) {
      expect(await source.runMigrations()).toHaveLength(1)
      await source.getRepository(User).insert({ name: `bob ${count}` })
      expect(await source.getRepository(User).find({ order: { id: 'ASC' } })).toEqual([
        { id: 1, name: 'ann' },
        { id: 2, name: `bob ${count}` },
      ])
      await lane.reset()
    }
  } finally {
    await source.destroy()
  }
})

test('TypeORM synchronizes its entities in every test', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox, 'typeorm-sync'))
  const { db } = lane.services
  for (let count = 0; count < 2; count += 1) {
    const source = await new DataSource({
      type: 'postgres',
      url: db.url,
      entities: [User],
      synchronize: true,
    }).initialize()
    await source.getRepository(User).insert({ name: 'bob' })
    await source.destroy()
    await lane.reset()
    await expect(db.query('select * from users')).rejects.toMatchObject({ code: '42P01' })
  }
})

test('a listener hears notifications before and after a light reset', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox, 'listen'))
  const { db } = lane.services
  const client = new pg.Client({ connectionString: db.url })
  await client.connect()
  try {
    const heard: string[] = []
    client.on('notification', ({ payload = '' }) => heard.push(payload))
    await client.query('listen orders')
    for (let count = 0; count < 3; count += 1) {
      await db.query("select pg_notify('orders', $1)", [String(count)])
      await db.query('create table added (a int)')
      await db.query("insert into items (name) values ('mine')")
      await lane.reset()
    }
    await eventually(async () => expect(heard).toEqual(['0', '1', '2']))
  } finally {
    await client.end()
  }
})

test('a pool with statements prepared, a transaction open and locks held works over light resets', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox, 'pool'))
  const pool = new pg.Pool({ connectionString: lane.services.db.url, max: 5 })
  try {
    const names = { name: 'names', text: 'select name from items order by id' }
    for (let count = 0; count < 3; count += 1) {
      const clients = await Promise.all([...Array(5)].map(() => pool.connect()))
      for (const client of clients)
        expect((await client.query(names)).rows).toEqual([{ name: 'declared' }])
      const [reader, locker] = clients
      await reader?.query('begin isolation level repeatable read')
      await reader?.query(names)
      await locker?.query('select pg_advisory_lock(7)')
      await locker?.query("insert into items (name) values ('mine')")
      await locker?.query('create table added (a int)')
      await lane.reset()
      await reader?.query('commit')
      await locker?.query('select pg_advisory_unlock(7)')
      for (const client of clients)
        expect((await client.query(names)).rows).toEqual([{ name: 'declared' }])
      for (const client of clients) client.release()
    }
  } finally {
    await pool.end()
  }
})

test('a pool opens new connections after a reset that created the database again', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox, 'pool-again'))
  const pool = new pg.Pool({ connectionString: lane.services.db.url, max: 3 })
  // The server closes them; the pool replaces them.
  pool.on('error', () => {})
  try {
    const names = async () => (await pool.query('select name from items')).rows
    await Promise.all([names(), names(), names()])
    await pool.query('alter table items rename to things')
    await lane.reset()
    await eventually(async () => expect(await names()).toEqual([{ name: 'declared' }]))
    await lane.reset({ level: 'deep' })
    await eventually(async () => expect(await names()).toEqual([{ name: 'declared' }]))
  } finally {
    await pool.end()
  }
})
