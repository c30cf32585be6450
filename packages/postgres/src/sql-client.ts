import type { PluginService, WaitOptions } from 'mesocosm'
import { isError, keepConnection } from 'mesocosm/plugin'
import type { Pool, PoolClient } from 'pg'

/** A row as `pg` returns it: column name to value. */
export type Row = Record<string, unknown>

/** The methods of a PostgreSQL handle. */
export interface PostgresClient {
  /**
   * Runs one statement in the lane's database, over a pool of connections that is kept.
   *
   * @param parameters values of `$1`, `$2` …
   * @param options.timeoutMs default no limit. A statement that times out or is aborted loses its connection.
   * @returns the rows; empty for statements without rows. Types as `pg` maps them: `bigint` and `numeric` are strings.
   * @throws the `DatabaseError` of `pg`, with `code`, `detail` and `position`; {@link MesocosmError} `TIMEOUT`,
   * `ABORTED`, also when the lane is reset or the service is stopped meanwhile.
   */
  query<R extends object = Row>(
    sql: string,
    parameters?: readonly unknown[],
    options?: WaitOptions,
  ): Promise<R[]>
}

/** A server that does not answer must not delay the release of a lane for longer. */
const connectionTimeoutMillis = 10_000

/** Makes the methods of a handle. Nothing connects before the first query. */
export const createSqlClient = (
  service: Pick<PluginService<'sql', 'url'>, 'name' | 'outputs' | 'onRelease'>,
): PostgresClient => {
  const { use } = keepConnection<Pool>({
    service,
    async open() {
      // Loaded at the first use, because many tests only need the address.
      const { Pool } = await import('pg').then(({ default: pg }) => pg)
      const pool = new Pool({
        connectionString: service.outputs.url,
        max: 4,
        allowExitOnIdle: true,
        connectionTimeoutMillis,
      })
      // The server may close idle connections, as a deep reset does. The next query opens another.
      return pool.on('error', ignored)
    },
    // It waits for statements, which a release has aborted before.
    close: (pool) => pool.end(),
  })
  return {
    query: <R extends object = Row>(
      sql: string,
      parameters: readonly unknown[] = [],
      options: WaitOptions = {},
    ) =>
      use(
        `a statement in ${service.name}`,
        { ...options, timeoutMs: options.timeoutMs ?? Number.POSITIVE_INFINITY },
        (pool, signal) => run<R>(pool, sql, parameters, signal),
        () => ({
          remedy: 'check in pg_stat_activity and pg_locks what it waits for, or raise timeoutMs',
        }),
      ),
  }
}

// ---

const run = async <R extends object>(
  pool: Pool,
  sql: string,
  parameters: readonly unknown[],
  signal: AbortSignal,
): Promise<R[]> => {
  const client = await connect(pool, signal)
  if (signal.aborted) {
    client.release()
    throw signal.reason
  }
  // With a statement in progress this ends the connection at once.
  const drop = () => client.release(true)
  signal.addEventListener('abort', drop, { once: true })
  // What breaks the connection rejects the statement, too.
  client.on('error', ignored)
  try {
    const { rows } = await client.query<R>(sql, [...parameters])
    client.off('error', ignored)
    if (!signal.aborted) client.release()
    return rows
  } catch (error) {
    if (signal.aborted) throw signal.reason
    client.release(isError(error) ? error : true)
    throw error
  } finally {
    signal.removeEventListener('abort', drop)
  }
}

/** Takes a client of the pool; one that comes after the abort is given back. */
const connect = (pool: Pool, signal: AbortSignal): Promise<PoolClient> =>
  new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    pool.connect().then((client) => {
      if (signal.aborted) client.release()
      else resolve(client)
    }, reject)
  })

const ignored = () => {}
