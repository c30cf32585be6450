import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseSql } from '../../server/database.ts'
import { dropAddedSql, lastOidSql } from '../../server/drop-added.ts'
import { fingerprintSql } from '../../server/fingerprint.ts'
import { Kept, lanesIn } from './kept.ts'
import { readRows, restoreRows } from './rows.ts'
import { runScript } from './run-script.ts'
import { copyOf, copySchema, dropCopy } from './schema-copy.ts'
import { sealedMark } from './sealed.ts'
import { firstValue, openSession, rowsOf, type Session } from './session.ts'
import { literal, quotedName } from './sql-scanner.ts'

/** What the tasks of a server in a process know about it. */
export interface Server {
  /** Folder of the process, which is removed with it. */
  readonly folder: string
  /** Folder of the server's data. */
  readonly data: string
  /** Name of the template database. */
  readonly template: string
}

/**
 * The tasks for the lanes of a server in a process: what `lanes.sh` is in its container, where there are `psql` and
 * `pg_dump`. Each hook is one run of the program.
 */
export class LaneHooks {
  readonly #server: Server
  readonly #database: string
  readonly #kept: Kept
  /** Baseline of a new clone of the template, the same for all lanes. */
  readonly #clone: Kept

  constructor(server: Server, database: string) {
    this.#server = server
    this.#database = database
    this.#kept = new Kept(this.#lanes, database)
    this.#clone = new Kept(join(server.folder, 'clone'), server.template)
  }

  async enter(): Promise<void> {
    await using root = await openSession()
    await this.#create(root)
    // That of the template, which a clone shares.
    this.#kept.write('entered', readFileSync(join(this.#server.data, sealedMark), 'utf8'))
  }

  async enterAlone(): Promise<void> {
    if (this.#clone.has('complete')) {
      await using root = await openSession()
      await this.#create(root)
      this.#kept.link(this.#clone, ['schema', 'last-oid', 'entered', 'rows'])
      this.#kept.write('globals', await firstValue(root, globalsSql))
      return
    }
    await this.enter()
    await this.baseline()
    this.#clone.link(this.#kept, ['schema', 'last-oid', 'entered', 'rows'])
    this.#clone.write('complete', '')
  }

  async baseline(): Promise<void> {
    await using session = await openSession(this.#database)
    const schema = await fingerprint(session)
    await using root = await openSession()
    // Services have changed the schema, so a clone of the template does not have it.
    const isOwn = schema !== this.#kept.text('entered')
    if (isOwn) await copySchema(root, this.#database, this.#server.data)
    await this.#keepSchema(session)
    this.#kept.write('rows', await readRows(session))
    if (isOwn) this.#kept.write('own-schema', '')
    else this.#kept.remove('own-schema')
  }

  async reset(): Promise<void> {
    const kept = this.#kept
    await using root = await openSession()
    // A deep reset was ended between leave and enter.
    if (!kept.has('rows')) {
      await this.#recreate(root)
      kept.write('entered', kept.text('schema'))
      return await this.baseline()
    }
    const alone = lanesIn(this.#lanes) === 1
    if (!(await this.#exists(root))) {
      if (alone) await this.#dropDatabases(root)
      await this.#recreate(root)
    } else await this.#restore(root, alone)
    if (alone) await this.#dropRoles(root)
  }

  async leave(): Promise<void> {
    await using root = await openSession()
    await root.query(`drop database if exists ${quotedName(this.#database)} with (force)`)
    await dropCopy(root, this.#database)
    this.#kept.remove()
  }

  // ---

  get #lanes(): string {
    return join(this.#server.folder, 'lanes')
  }

  /** Most tests change nothing but rows. */
  async #restore(root: Session, alone: boolean): Promise<void> {
    const kept = this.#kept
    const session = await openSession(this.#database)
    let asBefore = (await fingerprint(session)) === kept.text('schema')
    try {
      if (alone) await this.#dropDatabases(root)
      if (!asBefore) {
        const variables = { after: kept.text('last-oid') }
        await runScript(session, dropAddedSql, { variables })
        asBefore = (await fingerprint(session)) === kept.text('schema')
      }
      if (asBefore) await restoreRows(session, kept.bytes('rows'))
    } finally {
      await session.end()
    }
    if (!asBefore) await this.#recreate(root)
  }

  /** Creates the database as it was at the baseline. Its clients are disconnected. */
  async #recreate(root: Session): Promise<void> {
    await root.query(`drop database if exists ${quotedName(this.#database)} with (force)`)
    await this.#create(root, this.#kept.has('own-schema') ? copyOf(this.#database) : undefined)
    await using session = await openSession(this.#database)
    if (this.#kept.has('rows')) await restoreRows(session, this.#kept.bytes('rows'))
    await this.#keepSchema(session)
  }

  async #create(root: Session, template = this.#server.template): Promise<void> {
    await runScript(root, databaseSql, { variables: { database: this.#database, template } })
  }

  /** Makes the current schema the one that resets restore. */
  async #keepSchema(session: Session): Promise<void> {
    this.#kept.write('last-oid', await firstValue(session, lastOidSql))
    this.#kept.write('globals', await firstValue(session, globalsSql))
    this.#kept.write('schema', await fingerprint(session))
  }

  async #exists(root: Session): Promise<boolean> {
    const sql = `select 1 from pg_database where datname = ${literal(this.#database)}`
    return (await rowsOf(root, sql)).length > 0
  }

  /** Databases and roles belong to the server. With several lanes it is unknown which of them made one. */
  async #dropDatabases(root: Session): Promise<void> {
    const made = await rowsOf(root, madeSql('pg_database', this.#kept.text('globals')))
    for (const [name] of made) {
      if (name === null || name === undefined || name === this.#database) continue
      await root.query(`alter database ${quotedName(name)} is_template false`)
      await root.query(`drop database ${quotedName(name)} with (force)`)
    }
  }

  async #dropRoles(root: Session): Promise<void> {
    const made = await rowsOf(root, madeSql('pg_authid', this.#kept.text('globals')))
    if (made.length === 0) return
    await using own = await openSession(this.#database)
    const names = made.map(([name]) => quotedName(name ?? ''))
    for (const name of names)
      for (const session of [own, root]) await session.query(`drop owned by ${name} cascade`)
    for (const name of names) await root.query(`drop role ${name}`)
  }
}

// ---

/** Returns the fingerprint of the schema of a session's database. */
export const fingerprint = async (session: Session): Promise<string> =>
  (await runScript(session, fingerprintSql)).join('\n')

const globalsSql = `select string_agg(oid::text, ',')
from (select oid from pg_database union all select oid from pg_authid) made`

/** Databases or roles that are not among those of the baseline. */
const madeSql = (catalog: 'pg_database' | 'pg_authid', known: string): string =>
  `select ${catalog === 'pg_database' ? 'datname' : 'rolname'} from ${catalog}
   where oid::text <> all (string_to_array(${literal(known)}, ','))`
