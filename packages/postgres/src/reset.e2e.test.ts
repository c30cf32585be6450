import { join } from 'node:path'
import { defineTopology, exec, lease, ref } from 'mesocosm'
import { expect, test } from '../../../test/lib/test.ts'
import { connect } from '../test/connect.ts'
import { type PostgresOptions, postgres } from './index.ts'

const init = [join(import.meta.dirname, '../test/schema.sql')]

const declare = (root: string, options: PostgresOptions = {}) =>
  defineTopology({ name: 'schema', root, services: { db: postgres({ init, ...options }) } })

/** What migrators do at every start: they run what their journal does not have. */
const migrate = `
  create table if not exists journal (name text primary key);
  do $$ begin
    if not exists (select from journal where name = '1') then
      create type mood as enum ('sad', 'ok');
      create table users (id serial primary key, item bigint, mood mood);
      create index on items (name);
      create view v as select * from users;
      create schema other;
      create table other.t (a int) partition by range (a);
      create function f() returns trigger language plpgsql as 'begin return new; end';
      create trigger noted before insert on items for each row execute function f();
      insert into journal values ('1');
    end if;
  end $$`

const tables = `select table_schema || '.' || table_name from information_schema.tables
  where table_schema not in ('pg_catalog', 'information_schema') order by 1`

test('a migration that every test runs finds the declared schema, and clients stay connected', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox.folder))
  const { db } = lane.services
  await using client = await connect(db.url)
  for (let count = 0; count < 2; count += 1) {
    expect(await client.sql(tables)).toEqual(['public.items'])
    await client.sql(migrate)
    await client.sql("insert into items (name) values ('mine')")
    expect(await client.sql('select name from journal')).toEqual(['1'])
    await lane.reset()
    expect(await client.sql('select name from items')).toEqual(['declared'])
  }
})

test('declared objects that a test changed or dropped are as declared after a reset', async ({
  sandbox,
}) => {
  await using lane = await lease(declare(sandbox.folder))
  const { db } = lane.services
  const changes = [
    'alter table items add column more int',
    'drop table items',
    'alter table items rename to things',
    'drop schema public cascade',
    `alter database "${db.database}" set search_path to nowhere`,
    `revoke connect on database "${db.database}" from public`,
  ]
  for (const change of changes) {
    await db.query(change)
    await lane.reset()
    expect(await db.query('insert into items (name) values ($1) returning id', [change])).toEqual([
      { id: '2' },
    ])
    expect(await db.query('show search_path')).toEqual([{ search_path: '"$user", public' }])
  }
  await lane.reset()
  expect(await db.query('select * from items')).toEqual([{ id: '1', name: 'declared' }])
})

test('truncate, vacuum and temporary tables are no change of the schema', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox.folder))
  const { db } = lane.services
  await using client = await connect(db.url)
  await client.sql('create temporary table mine (id serial primary key, t text)')
  await client.sql('truncate items restart identity')
  await client.sql('vacuum full analyze items')
  await client.sql("select lo_from_bytea(0, 'x')")
  await lane.reset()
  expect(await client.sql('select count(*) from mine')).toEqual(['0'])
  expect(await client.sql('select name from items')).toEqual(['declared'])
  expect(await client.sql('select count(*) from pg_largeobject_metadata')).toEqual(['0'])
})

test('databases and roles that a test made are gone after a reset', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox.folder, { share: 'lane' }))
  const { db } = lane.services
  const globals = () =>
    db.query(`select datname as name from pg_database
      union all select rolname from pg_roles where rolname !~ '^pg_' order by name`)
  const before = await globals()
  await db.query('create role reader')
  await db.query('create role owner login')
  await db.query('grant select on items to reader')
  await db.query('alter default privileges grant select on tables to reader')
  await db.query('create database shadow owner owner')
  await db.query('alter database shadow is_template true')
  await using shadow = await connect(db.url.replace(/[^/]*$/, 'shadow'))
  await shadow.sql('create table t (a int)')
  await lane.reset()
  expect(await globals()).toEqual(before)
})

test('a reset leaves databases and roles alone while another lane uses the server', async ({
  sandbox,
}) => {
  const topology = declare(sandbox.folder)
  await using one = await lease(topology, { key: 'one' })
  const made = "select count(*)::int as made from pg_roles where rolname = 'guest'"
  await using two = await lease(topology, { key: 'two' })
  await two.services.db.query('create role guest')
  await one.services.db.query('create table mine (a int)')
  await one.reset()
  expect(await two.services.db.query(made)).toEqual([{ made: 1 }])
  await expect(one.services.db.query('select * from mine')).rejects.toMatchObject({ code: '42P01' })
})

test('a reset creates a database again that was dropped', async ({ sandbox }) => {
  await using lane = await lease(declare(sandbox.folder))
  const { db } = lane.services
  await using admin = await connect(db.url.replace(/[^/]*$/, 'postgres'))
  await admin.sql(`drop database "${db.database}" with (force)`)
  await lane.reset()
  expect(await db.query('select name from items')).toEqual([{ name: 'declared' }])
})

test('what services migrate and write at their start is restored, also by a new database', async ({
  sandbox,
}) => {
  const topology = defineTopology({
    name: 'migrated',
    root: sandbox.folder,
    services: {
      db: postgres({ init }),
      api: {
        image: 'postgres:17-trixie',
        command: [
          'sh',
          '-c',
          `psql "$URL" -c "create table users (id serial, name text)" -c "insert into users (name) values ('ann')"
           touch /tmp/migrated; sleep 600`,
        ],
        env: { URL: ref('db.url') },
        ready: exec(['test', '-f', '/tmp/migrated']),
      },
    },
  })
  await using lane = await lease(topology)
  const { db } = lane.services
  await db.query("insert into users (name) values ('bob')")
  await lane.reset()
  expect(await db.query('select name from users')).toEqual([{ name: 'ann' }])
  for (let count = 0; count < 2; count += 1) {
    await db.query('alter table users drop column name')
    await lane.reset()
    expect(await db.query('select * from users')).toEqual([{ id: 1, name: 'ann' }])
    expect(await db.query('select name from items')).toEqual([{ name: 'declared' }])
  }
})

test('later lanes, which copy the baseline of the first, have data of their own and are reset to the declared', async ({
  sandbox,
}) => {
  const topology = declare(sandbox.folder)
  await using first = await lease(topology)
  await first.services.db.query("insert into items (name) values ('of the first')")
  const lanes = await Promise.all([1, 2].map(() => lease(topology)))
  try {
    for (const lane of lanes) {
      const { db } = lane.services
      await using client = await connect(db.url)
      for (let count = 0; count < 2; count += 1) {
        expect(await client.sql('select name from items')).toEqual(['declared'])
        await client.sql("insert into items (name) values ('mine')")
        await client.sql('create table more (a int)')
        await lane.reset()
      }
      expect(await client.sql(tables)).toEqual(['public.items'])
    }
    expect(await first.services.db.query('select name from items order by id')).toEqual([
      { name: 'declared' },
      { name: 'of the first' },
    ])
  } finally {
    for (const lane of lanes) await lane.release()
  }
})
