import type { PluginService, WaitOptions } from 'mesocosm'
import type { Pool } from 'pg'
import { calledOff, orAborted } from './called-off.ts'

/** A row as `pg` gives it: column name to value. */
export type Row = Record<string, unknown>

export interface PostgresClient {
  /**
   * Runs one statement in the lane's database, over a connection that is kept.
   *
   * @param parameters values of `$1`, `$2` …
   * @param options.timeoutMs default none. A statement that is called off loses its connection.
   * @returns the rows; empty for statements that give none. Types as `pg` maps them: `bigint` and `numeric` are text.
   * @throws the `DatabaseError` of `pg`, with `code`, `detail` and `position`; {@link MesocosmError} `TIMEOUT`,
   * `ABORTED`, also when the lane is reset or the service stopped meanwhile.
   */
  query<R extends object = Row>(
    sql: string,
    parameters?: readonly unknown[],
    options?: WaitOptions,
  ): Promise<R[]>
}

/** A server that does not answer must not keep a lane from being released for longer. */
const connectionTimeoutMillis = 10_000

/** `pg` is loaded at the first query: a test that only needs the address does not pay for it. */
export const createSqlClient = (
  service: Pick<PluginService<'sql', 'url'>, 'name' | 'outputs' | 'onRelease'>,
): PostgresClient => {
  let pool: Promise<Pool> | undefined
  const running = new Set<AbortController>()
  const open = async (): Promise<Pool> => {
    const { Pool } = await import('pg').then(({ default: pg }) => pg)
    const opened = new Pool({
      connectionString: service.outputs.url,
      max: 4,
      allowExitOnIdle: true,
      connectionTimeoutMillis,
    })
    // The server may close idle connections (a deep reset does): the next query opens another.
    opened.on('error', () => {})
    service.onRelease(async () => {
      pool = undefined
      // The end waits for statements, and a test that was given up may have left one that waits for ever.
      for (const call of running) call.abort()
      await opened.end()
    })
    return opened
  }
  return {
    async query<R extends object = Row>(
      sql: string,
      parameters: readonly unknown[] = [],
      options: WaitOptions = {},
    ) {
      const { signal, timeoutMs } = options
      const call = new AbortController()
      const time = timeoutMs === undefined ? undefined : AbortSignal.timeout(timeoutMs)
      const ends = [call.signal, signal, time].filter((end) => end !== undefined)
      const over = AbortSignal.any(ends)
      running.add(call)
      try {
        pool ??= open()
        return await run<R>(await pool, sql, parameters, over)
      } catch (error) {
        throw over.aborted ? calledOff(service.name, options, time) : error
      } finally {
        running.delete(call)
      }
    },
  }
}

// ---

const run = async <R extends object>(
  pool: Pool,
  sql: string,
  parameters: readonly unknown[],
  over: AbortSignal,
): Promise<R[]> => {
  over.throwIfAborted()
  const client = await orAborted(pool.connect(), over, (late) => late.release())
  // With a statement under way this ends the connection at once.
  const drop = () => client.release(true)
  over.addEventListener('abort', drop, { once: true })
  // What breaks the connection rejects the statement too.
  client.on('error', ignored)
  try {
    const { rows } = await client.query<R>(sql, [...parameters])
    client.off('error', ignored)
    if (!over.aborted) client.release()
    return rows
  } catch (error) {
    if (!over.aborted) client.release(error instanceof Error ? error : true)
    throw error
  } finally {
    over.removeEventListener('abort', drop)
  }
}

const ignored = () => {}
