import type { Pool } from 'pg'

/** A row as `pg` gives it: column name to value. */
export type Row = Record<string, unknown>

export interface PostgresClient {
  /**
   * Runs one statement in the lane's database, over a connection that is kept.
   *
   * @param parameters values of `$1`, `$2` …
   * @returns the rows; empty for statements that give none. Types as `pg` maps them: `bigint` and `numeric` are text.
   * @throws the `DatabaseError` of `pg`, with `code`, `detail` and `position`.
   */
  query<R extends object = Row>(sql: string, parameters?: readonly unknown[]): Promise<R[]>
}

/** `pg` is loaded at the first query: a test that only needs the address does not pay for it. */
export const createSqlClient = (
  url: () => string,
  onRelease: (release: () => Promise<void>) => void,
): PostgresClient => {
  let pool: Promise<Pool> | undefined
  const open = async (): Promise<Pool> => {
    const { Pool } = await import('pg').then(({ default: pg }) => pg)
    const opened = new Pool({ connectionString: url(), max: 4, allowExitOnIdle: true })
    // The server may close idle connections (a deep reset does): the next query opens another.
    opened.on('error', () => {})
    onRelease(async () => {
      pool = undefined
      await opened.end()
    })
    return opened
  }
  return {
    async query<R extends object = Row>(sql: string, parameters: readonly unknown[] = []) {
      pool ??= open()
      const { rows } = await (await pool).query<R>(sql, [...parameters])
      return rows
    },
  }
}
