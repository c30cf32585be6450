import { all, definePlugin, exec, log, ref, secret, self, tcp, testcontainer } from 'mesocosm'
import { localForm } from './local/local-form.ts'
import { migrationTask, type PostgresMigration } from './migration.ts'
import { databaseSql } from './server/database.ts'
import { dropAddedSql } from './server/drop-added.ts'
import { fingerprintSql } from './server/fingerprint.ts'
import { initScript } from './server/init-script.ts'
import { type Hook, laneScript, paths } from './server/lane-script.ts'
import { createSqlClient } from './sql-client.ts'

export type { PostgresMigration } from './migration.ts'
export type { PostgresClient, Row } from './sql-client.ts'

/** Options of {@link postgres}. */
export interface PostgresOptions {
  /** Image with the contract of the official one, version 15 or later. Default `postgres:17-trixie`. */
  readonly image?: string
  /**
   * Files, or folders of them, relative to the topology; run once, in this order, in the template database, as the official
   * image runs those of `/docker-entrypoint-initdb.d`: `.sql`, `.sql.gz`, `.sql.xz`, `.sql.zst` and `.sh`. Default none.
   */
  readonly init?: readonly string[]
  /** Runs a migrator once in the template database, after `init`; every lane has the result. Default none. */
  readonly migrate?: PostgresMigration
  /** Milliseconds that `init` may take. Default 60 000. */
  readonly timeoutMs?: number
  /** Name of the template database; a lane's database has the lane's name appended. Default `app`. */
  readonly database?: string
  /** Superuser, as whom services and tests connect. Default `postgres`. */
  readonly user?: string
  /** Password of the user, hidden in records and errors. Default `postgres`, which is not hidden. */
  readonly password?: string
  /** More server settings, such as `{ log_statement: 'all' }`; they override the plugin's. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** `run`: one server, with a database per lane; `lane`: one server per lane, so that tests can stop and change it. Default `run`. */
  readonly share?: 'run' | 'lane'
}

/** Tests need no durability, and without it a database is cloned in milliseconds. */
const fastSettings = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  max_connections: 400,
  // The database names the lane, so that a line can be shown with the test that caused it.
  log_line_prefix: '%m [%p] %q%u@%d/%a ',
}

/**
 * Declares a PostgreSQL server: outputs `url, host, port, user, password, database`; its handle has `query()`.
 *
 * The container is testcontainers' `PostgreSqlContainer`, which only the supervisor loads.
 */
export const postgres = definePlugin({
  name: 'postgres',
  service: ({
    image: givenImage,
    init = [],
    migrate,
    timeoutMs,
    database = 'app',
    user = 'postgres',
    password: given,
    settings = {},
    share = 'run',
  }: PostgresOptions = {}) => {
    const image = givenImage ?? 'postgres:17-trixie'
    const password = given ?? 'postgres'
    const shown = given === undefined ? (text: string) => text : secret
    const connection = { user, password, shown, database }
    const numberedInit = init.map((from, index) => ({ from, name: numbered(from, index) }))
    const startArgs = Object.entries({ ...fastSettings, ...settings }).flatMap(setting)
    return {
      from: testcontainer<typeof import('@testcontainers/postgresql')>({
        module: '@testcontainers/postgresql',
        export: 'PostgreSqlContainer',
        args: [image],
        options: {
          withDatabase: [database],
          withUsername: [user],
          withPassword: [password],
          // Outside of the image's volume, so that the prebuilt image has the data.
          withEnvironment: [
            { POSTGRES_INITDB_ARGS: '--no-sync', PGDATA: '/var/lib/mesocosm/data' },
          ],
        },
        resolveFrom: import.meta.url,
      }),
      command: ['postgres', ...startArgs],
      ports: { sql: { port: 5432, scheme: 'postgres' } },
      ready: readiness(settings),
      prebuild: true,
      share,
      files: [
        { content: laneScript({ user, template: database }), to: paths.lanes },
        { content: initScript, to: paths.runInit },
        { content: fingerprintSql, to: paths.fingerprint },
        { content: databaseSql, to: paths.database },
        { content: dropAddedSql, to: paths.dropAdded },
        ...numberedInit.map(({ from, name }) => ({ from, to: `${paths.init}/${name}` })),
      ],
      // #region outputs
      outputs: {
        user,
        password: shown(password),
        database: [`${database}_`, ref('lane.name')],
        url: [
          `postgres://${encodeURIComponent(user)}:`,
          shown(encodeURIComponent(password)),
          '@',
          self('sql.host'),
          ':',
          self('sql.port'),
          '/',
          self('database'),
        ],
      },
      // #endregion
      // #region tasks
      tasks: {
        setup: [
          lanes('init', timeoutMs),
          ...(migrate === undefined ? [] : [migrationTask(migrate, connection)]),
          lanes('seal'),
        ],
        enter: [lanes('enter')],
        enterAlone: [lanes('enter-alone')],
        baseline: [lanes('baseline')],
        reset: [lanes('reset')],
        leave: [lanes('leave')],
      },
      // #endregion
      local: localForm({
        image: givenImage,
        init: numberedInit,
        migrate,
        timeoutMs,
        database,
        user,
        password: shown(password),
        settings: startArgs,
        hidesReadiness: hidesReadiness(settings),
      }),
    }
  },
  client: (service) => createSqlClient(service),
})

/** The server listens before it accepts clients. It logs when it does, unless settings change its log. */
const readiness = (settings: object) =>
  hidesReadiness(settings).length > 0
    ? exec(['pg_isready', '-q', '-h', '127.0.0.1'])
    : all(tcp('sql'), log('database system is ready to accept connections'))

const hidesReadiness = (settings: object): string[] =>
  ['logging_collector', 'log_destination', 'log_min_messages', 'lc_messages'].filter(
    (name) => name in settings,
  )

/** Hooks that run for no lane. */
const once: readonly Hook[] = ['init', 'seal']

// #region task
const lanes = (hook: Hook, timeoutMs?: number) => ({
  argv: ['sh', paths.lanes, hook, ...(once.includes(hook) ? [] : [self('database')])],
  ...(timeoutMs === undefined ? {} : { timeoutMs }),
})
// #endregion

/** Returns the name of an init file or folder in the container; files run in the order of their names. */
const numbered = (from: string, index: number): string => {
  const name = from.split(/[\\/]/).findLast((part) => part !== '') ?? ''
  return `${String(index).padStart(4, '0')}-${name}`
}

const setting = ([name, value]: [string, string | number | boolean]) => [
  '-c',
  `${name}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`,
]
