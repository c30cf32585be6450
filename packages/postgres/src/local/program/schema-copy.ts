import { createHash } from 'node:crypto'
import { cpSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { databaseSql } from '../../server/database.ts'
import { chownAll } from './chown-all.ts'
import { runScript } from './run-script.ts'
import { firstValue } from './session.ts'
import { literal, quotedName } from './sql-scanner.ts'

/** Database in which {@link copySchema} keeps that of a lane. */
export const copyOf = (database: string): string =>
  `mesocosm_${createHash('sha256').update(database).digest('hex').slice(0, 24)}`

/**
 * Copies a database to which services are connected, so that it can be created again after tests have changed its schema.
 * `create database … template` refuses that, and the package with the server has no `pg_dump`. So the files are copied
 * after a checkpoint, until nothing was written meanwhile, which the position in the write-ahead log shows.
 *
 * @param session connected to another database.
 * @param data folder of the server's data.
 */
export const copySchema = async (
  session: pg.ClientBase,
  database: string,
  data: string,
): Promise<void> => {
  const copy = copyOf(database)
  await dropCopy(session, database)
  await session.query(
    `create database ${quotedName(copy)} template template0 strategy file_copy allow_connections false`,
  )
  const owner = await firstValue(session, ownerSql(database))
  await session.query(`alter database ${quotedName(copy)} owner to ${quotedName(owner)}`)
  await runScript(session, databaseSql, { variables: { database: copy, template: database } })
  const [from, to] = [await oidOf(session, database), await oidOf(session, copy)]
  await copyFiles(session, database, join(data, 'base', from), join(data, 'base', to))
}

/** Removes the copy of a database, if there is one. */
export const dropCopy = (session: pg.ClientBase, database: string): Promise<unknown> =>
  session.query(`drop database if exists ${quotedName(copyOf(database))}`)

// ---

const deadlineMs = 20_000

const copyFiles = async (
  session: pg.ClientBase,
  database: string,
  from: string,
  to: string,
): Promise<void> => {
  const part = `${to}.part`
  const until = Date.now() + deadlineMs
  for (;;) {
    const before = await quietPosition(session, database)
    rmSync(part, { recursive: true, force: true })
    if (before !== undefined) {
      // Temporary tables belong to a session, and the cache of the catalog is made again.
      cpSync(from, part, {
        recursive: true,
        filter: (path) => !/\/(t\d+_|pg_internal\.init)/.test(path),
      })
      if ((await firstValue(session, positionSql)) === before) break
    }
    if (Date.now() > until)
      throw new Error(
        `${database} was written to for ${deadlineMs / 1_000} s, so its schema, which services changed at their start, could not be copied`,
      )
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  const { uid, gid } = statSync(to)
  if (process.getuid?.() === 0) chownAll(part, uid, gid)
  rmSync(to, { recursive: true })
  renameSync(part, to)
}

/** Writes all pages to the files; `undefined` while a transaction in the database is writing. */
const quietPosition = async (
  session: pg.ClientBase,
  database: string,
): Promise<string | undefined> => {
  const writers = await firstValue(
    session,
    `select count(*) from pg_stat_activity where backend_xid is not null and datname = ${literal(database)}`,
  )
  if (writers !== '0') return undefined
  await session.query('checkpoint')
  return await firstValue(session, positionSql)
}

const positionSql = 'select pg_current_wal_insert_lsn()'

const oidOf = (session: pg.ClientBase, database: string): Promise<string> =>
  firstValue(session, `select oid from pg_database where datname = ${literal(database)}`)

const ownerSql = (database: string): string =>
  `select pg_get_userbyid(datdba) from pg_database where datname = ${literal(database)}`
