import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LocalServer } from '../../test/local-server.ts'
import { findServerPackage, serverPackageName } from './server-package.ts'

const schema = `
create table marks (id int generated always as identity primary key, mark text not null);
create table children (mark int references marks (id), twice int generated always as (mark * 2) stored);
create materialized view counted as select count(*) as marks from marks;
create function next_mark() returns int language sql begin atomic select 1; end;
create database elsewhere;
\\connect elsewhere
create table there (x int);
`
const dump = `\\restrict abc
-- As pg_dump writes it.
COPY public.marks (id, mark) FROM stdin;
1\tdeclared; not the end
2\tit''s $$ /* data */
\\.
select setval('marks_id_seq', 2);
/* a /* nested */ comment; */
insert into children values (1); select lo_from_bytea(0, 'blob');
`

describe.skipIf(findServerPackage() === undefined)(
  `the server of ${serverPackageName()} as a process`,
  { timeout: 240_000, shuffle: false },
  () => {
    let server: LocalServer
    beforeAll(async () => {
      server = await LocalServer.create({
        '0000-schema.sql': schema,
        '0001-rows.sql.gz': gzipSync(dump),
        '0002-folder/README.md': 'not SQL',
      })
      await server.task('set-up')
    }, 240_000)
    afterAll(() => server?.[Symbol.asyncDispose](), 60_000)

    const rows = async (database: string, sql: string): Promise<unknown[]> => {
      await using session = await server.connect(database)
      return (await session.query({ text: sql, rowMode: 'array' })).rows.flat()
    }
    const marks = (database: string) => rows(database, 'select mark from marks order by id')
    const declared = ['declared; not the end', "it''s $$ /* data */"]

    test('init files run as psql runs them, and setting up again is a no-op', async () => {
      await server.task('set-up')
      await server.task('enter-alone', 'app_one')
      expect(await marks('app_one')).toEqual(declared)
      expect(await rows('elsewhere', 'select count(*) from there')).toEqual(['0'])
    })

    test('a reset restores rows, sequences, large objects and stored views, with a client connected', async () => {
      await server.task('enter-alone', 'app_two')
      await using client = await server.connect('app_two')
      await client.query(
        `insert into marks (mark) values ('more'); delete from children; refresh materialized view counted;
         select lo_unlink(oid) from pg_largeobject_metadata`,
      )
      await server.task('reset', 'app_two')
      expect(await marks('app_two')).toEqual(declared)
      const { rows: found } = await client.query(
        `select (select twice from children), (select marks from counted),
           (select convert_from(lo_get(oid), 'utf8') as blob from pg_largeobject_metadata),
           (select last_value from marks_id_seq)`,
      )
      expect(found).toEqual([{ twice: 2, marks: '2', blob: 'blob', last_value: '2' }])
      expect(await marks('app_one')).toEqual(declared)
    })

    test('a reset drops what a test has added, and keeps its clients', async () => {
      await using client = await server.connect('app_two')
      await client.query("create table added (x int); create type mood as enum ('ok')")
      await server.task('reset', 'app_two')
      const { rows: found } = await client.query("select to_regclass('added') as added")
      expect(found).toEqual([{ added: null }])
    })

    test('a reset restores a table that a test has dropped', async () => {
      expect(await rows('app_two', 'drop table children')).toEqual([])
      await server.task('reset', 'app_two')
      expect(await rows('app_two', 'select mark from children')).toEqual([1])
    })

    test('a reset restores the schema that a service has made while it was connected', async () => {
      await server.task('enter', 'app_three')
      await using service = await server.connect('app_three')
      await service.query('create table own (x int primary key); insert into own values (7)')
      await server.task('baseline', 'app_three')
      await service.query('insert into own values (8); select 1')
      await server.task('reset', 'app_three')
      expect(await rows('app_three', 'select x from own')).toEqual([7])
      await rows('app_three', 'drop table own')
      await server.task('reset', 'app_three')
      expect(await rows('app_three', 'select x from own')).toEqual([7])
      await server.task('leave', 'app_three')
      const left = "select datname from pg_database where datname ~ '^(app_three|mesocosm_)'"
      expect(await rows('postgres', left)).toEqual([])
    })

    test('a failing statement is an error with the name and line of its file', async () => {
      await using wrong = await LocalServer.create({ '0000-a.sql': 'select 1;\n\nselect nothing;' })
      await expect(wrong.task('set-up')).rejects.toMatchObject({
        stderr: expect.stringContaining('0000-a.sql:3: column "nothing" does not exist'),
      })
    })

    test('a migrator gets the connection, its own variables, and none of this machine', async () => {
      await using other = await LocalServer.create()
      await other.task('init')
      const sql = `const { Client } = require('pg')
        const client = new Client({ connectionString: process.env.DATABASE_URL })
        client.connect()
          .then(() => client.query('create table migrated as select $1::text as mark, $2::text as others',
            [process.env.MARK, Object.keys(process.env).filter((name) => name.startsWith('PG')).sort().join(' ')]))
          .then(() => client.end())`
      const command = [process.execPath, '-e', sql]
      await other.task('migrate', import.meta.dirname, '["MARK"]', ...command)
      await other.task('seal')
      await other.task('enter', 'app_one')
      await using session = await other.connect('app_one')
      const { rows: found } = await session.query('select * from migrated')
      const others = 'PGDATABASE PGHOST PGPASSWORD PGPORT PGUSER'
      expect(found).toEqual([{ mark: 'from the task', others }])
      await expect(other.task('migrate', '.', '[]', 'false')).resolves.toBe('')
    })

    test('the data is there after a stop and a kill', async () => {
      await rows('app_one', "insert into marks (mark) values ('kept') returning 1")
      expect(await server.stop('SIGTERM')).toBe(0)
      server.start()
      await server.task('init')
      expect(await marks('app_one')).toContain('kept')
      expect(await server.stop('SIGKILL')).toBe('SIGKILL')
      server.start()
      await server.task('init')
      expect(await marks('app_one')).toContain('kept')
    })

    test('needs the password', async () => {
      await using client = await server.connect('app_one')
      expect(client).toBeDefined()
      const { default: pg } = await import('pg')
      const stranger = new pg.Client({
        host: '127.0.0.1',
        port: server.port,
        user: 'postgres',
        password: 'postgres',
        database: 'postgres',
      })
      await expect(stranger.connect()).rejects.toThrow('password authentication failed')
    })
  },
)
