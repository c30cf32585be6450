import type pg from 'pg'
import { copyIn, copyOut } from './copy.ts'
import { firstValue, rowsOf } from './session.ts'

/** The rows of a database, as one file: a line of JSON, then the data of its tables one after the other. */
interface Contents {
  /** Tables with rows: the column list for `copy`, and how many bytes of data there are. */
  readonly tables: readonly { readonly target: string; readonly bytes: number }[]
  /** Statements for sequences and large objects. */
  readonly sql: string
  /** Statements at the end, for views whose rows are stored. */
  readonly refresh: string
}

/** Returns all rows, sequences and large objects of the database, from one moment, as `pg_dump --data-only` does. */
export const readRows = async (session: pg.ClientBase): Promise<Buffer> => {
  await session.query('begin isolation level repeatable read read only')
  try {
    const data: Buffer[] = []
    const tables: Contents['tables'][number][] = []
    for (const [target] of await rowsOf(session, tablesSql)) {
      const rows = await copyOut(session, `copy ${target} to stdout`)
      if (rows.length === 0) continue
      tables.push({ target: target as string, bytes: rows.length })
      data.push(rows)
    }
    // A sequence is read like a table, so its name must be in the statement.
    const [sequences] = (await rowsOf(session, sequencesSql))[0] ?? []
    const sql = [
      sequences ? await firstValue(session, sequences) : '',
      await firstValue(session, blobsSql),
    ]
    const contents: Contents = {
      tables,
      sql: sql.filter((text) => text !== '').join(';\n'),
      refresh: await firstValue(session, storedViewsSql),
    }
    return Buffer.concat([Buffer.from(`${JSON.stringify(contents)}\n`), ...data])
  } finally {
    await session.query('commit')
  }
}

/** Replaces all rows of the database by those of {@link readRows}, as one transaction, with triggers and foreign keys disabled. */
export const restoreRows = async (session: pg.ClientBase, kept: Buffer): Promise<void> => {
  const end = kept.indexOf('\n')
  const { tables, sql, refresh } = JSON.parse(kept.toString('utf8', 0, end)) as Contents
  await session.query(
    `begin; set local session_replication_role = replica; set local lock_timeout = '5s'; ${deleteSql}`,
  )
  try {
    let at = end + 1
    for (const { target, bytes } of tables) {
      await copyIn(session, `copy ${target} from stdin`, kept.subarray(at, at + bytes))
      at += bytes
    }
    await session.query([sql, refresh, 'commit'].filter((text) => text !== '').join(';\n'))
  } catch (error) {
    await session.query('rollback')
    throw error
  }
}

// ---

/** Tables whose rows belong to the database itself. Generated columns cannot be written. */
const ownTables = `c.relkind = 'r' and c.relpersistence <> 't'
  and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
  and not exists (select 1 from pg_depend d where d.objid = c.oid and d.deptype = 'e')`

const tablesSql = `
select format('%s%s', c.oid::regclass,
  (select ' (' || string_agg(quote_ident(a.attname), ', ' order by a.attnum) || ')' from pg_attribute a
    where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''))
from pg_class c where ${ownTables} order by c.oid`

const sequencesSql = `
select 'select string_agg(format(''select setval(%L, %s, %L)'', name, last, called), ''; '') from ('
  || string_agg(format('select %L as name, last_value as last, is_called as called from %s',
    c.oid::regclass, c.oid::regclass), ' union all ') || ') sequences'
from pg_class c where c.relkind = 'S' and c.relpersistence <> 't'
  and c.relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`

const blobsSql = `
select string_agg(format('select lo_from_bytea(%1$s, decode(%2$L, ''hex'')); alter large object %1$s owner to %3$I',
  oid, encode(lo_get(oid), 'hex'), pg_get_userbyid(lomowner)), '; ')
from pg_largeobject_metadata`

const storedViewsSql = `
select string_agg(format('refresh materialized view %s', c.oid::regclass), '; ' order by c.oid)
from pg_class c where c.relkind = 'm' and c.relispopulated`

const deleteSql = `do $$ declare t record; begin
  for t in select c.oid::regclass as name from pg_class c where ${ownTables}
  loop execute 'delete from ' || t.name; end loop;
  perform lo_unlink(oid) from pg_largeobject_metadata;
end $$`
