import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { defineTopology, lease } from 'mesocosm'
import { expect, test } from '../../../test/lib/test.ts'
import { connect } from '../test/connect.ts'
import { type PostgresOptions, postgres } from './index.ts'

const declare = (root: string, name: string, options: PostgresOptions) =>
  defineTopology({ name, root, services: { db: postgres(options) } })

// The expected behavior is that of `docker_process_init_files` of the official image.
test('init files of all kinds run in the order of their names, and reach the database of a lane', async ({
  sandbox: { folder },
}) => {
  const write = (name: string, content: string | Uint8Array, mode = 0o644) => {
    writeFileSync(join(folder, name), content)
    chmodSync(join(folder, name), mode)
  }
  mkdirSync(join(folder, 'seeds'))
  write(
    '01 with space.sql',
    `create table done (place serial, what text); insert into done (what) values ('sql');`,
  )
  write('seeds/a.sql.gz', gzipSync(`insert into done (what) values ('gz')`))
  write(
    'seeds/b.sh',
    `: "$unset"; docker_process_sql -c "insert into done (what) values ('sourced as $POSTGRES_USER')"`,
  )
  write(
    'seeds/c.sh',
    `#!/bin/sh\npsql -v ON_ERROR_STOP=1 -U "$POSTGRES_USER" -d "$POSTGRES_DB" -c "insert into done (what) values ('executed')"`,
    0o755,
  )
  write('seeds/README.md', 'not SQL')
  symlinkSync('a.sql.gz', join(folder, 'seeds/d.sql.gz'))
  write(
    'last.sql',
    `create index concurrently on done (what);
     create role keeper; create database second; grant create on database app to keeper;
     revoke temporary on database app from public;
     alter database app set search_path to "$user", public, extra;
     alter database app set timezone = 'Pacific/Chatham';
     alter role keeper in database app set work_mem = '5MB';
     alter database app connection limit 77;
     \\c second
     create table elsewhere (a int)`,
  )
  const init = ['./01 with space.sql', './seeds/', './last.sql']
  await using lane = await lease(declare(folder, 'init', { init }))
  const { db } = lane.services
  expect(await db.query('select what from done order by place')).toEqual(
    ['sql', 'gz', 'sourced as postgres', 'executed', 'gz'].map((what) => ({ what })),
  )
  expect(await db.query('show timezone')).toEqual([{ TimeZone: 'Pacific/Chatham' }])
  expect(await db.query('show search_path')).toEqual([{ search_path: '"$user", public, extra' }])
  expect(
    await db.query(
      `select (select array_agg(acl::text order by acl::text) from unnest(datacl) acl), datconnlimit
       from pg_database where datname = current_database()`,
    ),
  ).toEqual([
    { array_agg: ['=c/postgres', 'keeper=C/postgres', 'postgres=CTc/postgres'], datconnlimit: 77 },
  ])
  expect(
    await db.query(`select setconfig from pg_db_role_setting s join pg_database d on d.oid = setdatabase
      where datname = current_database() and setrole = 'keeper'::regrole`),
  ).toEqual([{ setconfig: ['work_mem=5MB'] }])
  await db.query('alter table done add column more int')
  await lane.reset()
  expect(await db.query('show timezone')).toEqual([{ TimeZone: 'Pacific/Chatham' }])
  await using second = await connect(db.url.replace(/[^/]*$/, 'second'))
  expect(await second.sql('select count(*) from elsewhere')).toEqual(['0'])
})

test('an init file that fails is named with its error, and again when the lease is tried again', async ({
  sandbox: { folder },
}) => {
  writeFileSync(join(folder, 'first.sql'), 'create role made; create table t (a int);')
  writeFileSync(join(folder, 'wrong.sql'), 'select 1;\ninsert into t values (nothing);')
  const topology = declare(folder, 'wrong', { init: ['./first.sql', './wrong.sql'] })
  for (let count = 0; count < 2; count += 1)
    await expect(lease(topology)).rejects.toMatchObject({
      code: 'TASK_FAILED',
      facts: { service: 'db' },
      message: expect.stringMatching(/column "nothing" does not exist[\s\S]*in 0001-wrong\.sql/),
    })
})

test('an init file of an unknown kind is refused', async ({ sandbox: { folder } }) => {
  writeFileSync(join(folder, 'dump.tar'), '')
  await expect(lease(declare(folder, 'unknown', { init: ['./dump.tar'] }))).rejects.toMatchObject({
    code: 'TASK_FAILED',
    message: expect.stringContaining('neither .sql, .sql.gz, .sql.xz, .sql.zst nor .sh'),
  })
})

test('timeoutMs limits the time of init', async ({ sandbox: { folder } }) => {
  writeFileSync(join(folder, 'long.sql'), 'select pg_sleep(600)')
  const topology = declare(folder, 'long', { init: ['./long.sql'], timeoutMs: 500 })
  await expect(lease(topology)).rejects.toMatchObject({
    code: 'TASK_FAILED',
    message: expect.stringContaining('500 ms'),
    remedy: expect.stringContaining('timeoutMs'),
  })
})
