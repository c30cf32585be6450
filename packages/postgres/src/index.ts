import { all, definePlugin, exec, log, ref, secret, self, tcp, testcontainer } from 'mesocosm'
import { laneScript } from './lane-script.ts'
import { createSqlClient } from './sql-client.ts'

export type { PostgresClient, Row } from './sql-client.ts'

export interface PostgresOptions {
  /** Default `postgres:17-trixie`; any image that keeps the official one's contract, version 15 or later. */
  readonly image?: string
  /** SQL files or folders of them, relative to the topology, run once in this order into the template database. */
  readonly init?: readonly string[]
  /** Name of the template; a lane's database is this and the lane's name. Default `app`. */
  readonly database?: string
  /** Superuser; default `postgres`. */
  readonly user?: string
  /** Hidden in records and errors when it is given. Default `postgres`, which is no secret. */
  readonly password?: string
  /** More server settings, such as `{ log_statement: 'all' }`. */
  readonly settings?: Readonly<Record<string, string | number | boolean>>
  /** `run`: one server, one database a lane; `lane`: a server a lane, so that tests can stop and change it. Default `run`. */
  readonly share?: 'run' | 'lane'
}

/** Durability is of no use to a test: without it a database is cloned in milliseconds. */
const fastSettings = {
  fsync: false,
  synchronous_commit: false,
  full_page_writes: false,
  max_connections: 400,
}

/**
 * PostgreSQL: outputs `url, host, port, user, password, database`; the handle has `query()`.
 *
 * The container is testcontainers' `PostgreSqlContainer`, named as data, so a test process never loads it.
 */
export const postgres = definePlugin({
  name: 'postgres',
  service: ({
    image = 'postgres:17-trixie',
    init = [],
    database = 'app',
    user = 'postgres',
    password: given,
    settings = {},
    share = 'run',
  }: PostgresOptions = {}) => {
    const password = given ?? 'postgres'
    const shown = given === undefined ? (text: string) => text : secret
    return {
      from: testcontainer<typeof import('@testcontainers/postgresql')>({
        module: '@testcontainers/postgresql',
        export: 'PostgreSqlContainer',
        args: [image],
        options: {
          withDatabase: [database],
          withUsername: [user],
          withPassword: [password],
          // Outside of the image's volume, so that the prebuilt image holds the data.
          withEnvironment: [
            { POSTGRES_INITDB_ARGS: '--no-sync', PGDATA: '/var/lib/mesocosm/data' },
          ],
        },
        resolveFrom: import.meta.url,
      }),
      command: ['postgres', ...Object.entries({ ...fastSettings, ...settings }).flatMap(setting)],
      ports: { sql: { port: 5432, scheme: 'postgres' } },
      ready: readiness(settings),
      prebuild: true,
      share,
      files: [
        { content: laneScript({ user, template: database }), to: '/mesocosm/lanes.sh' },
        // The number keeps the order that was written here.
        ...init.map((from, index) => ({
          from,
          to: `/mesocosm/init/${String(index).padStart(4, '0')}-${from.split(/[\\/]/).at(-1)}`,
        })),
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
        setup: [lanes('setup')],
        enter: [lanes('enter')],
        baseline: [lanes('baseline')],
        reset: [lanes('reset')],
        leave: [lanes('leave')],
      },
      // #endregion
    }
  },
  client: (service) => createSqlClient(service),
})

/** It listens before it lets anybody in, and says when it does, unless it was told to say it elsewhere or otherwise. */
const readiness = (settings: object) =>
  ['logging_collector', 'log_destination', 'log_min_messages', 'lc_messages'].some(
    (name) => name in settings,
  )
    ? exec(['pg_isready', '-q', '-h', '127.0.0.1'])
    : all(tcp('sql'), log('database system is ready to accept connections'))

// #region task
const lanes = (what: 'setup' | 'enter' | 'baseline' | 'reset' | 'leave') => ({
  argv: ['sh', '/mesocosm/lanes.sh', what, ...(what === 'setup' ? [] : [self('database')])],
})
// #endregion

const setting = ([name, value]: [string, string | number | boolean]) => [
  '-c',
  `${name}=${typeof value === 'boolean' ? (value ? 'on' : 'off') : value}`,
]
