import pg from 'pg'

/** A connection to the server of this process form. */
export type Session = pg.Client & AsyncDisposable

/** Connects as the superuser, over loopback. @param database default `postgres`. */
export const openSession = async (database = 'postgres'): Promise<Session> => {
  const { POSTGRES_PORT, POSTGRES_USER, POSTGRES_PASSWORD } = process.env
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(POSTGRES_PORT),
    user: POSTGRES_USER ?? 'postgres',
    password: POSTGRES_PASSWORD ?? '',
    database,
    // Whatever the shell of a developer has for another server, such as PGSSLMODE=require.
    ssl: false,
    options: '-c client_min_messages=warning',
    connectionTimeoutMillis: 30_000,
  })
  await client.connect()
  return Object.assign(client, { [Symbol.asyncDispose]: () => client.end() })
}

/** Runs statements that have no parameters, as one round trip; returns the rows of the last one as arrays of text. */
export const rowsOf = async (
  session: pg.ClientBase,
  sql: string,
): Promise<readonly (readonly (string | null)[])[]> => {
  const answer: unknown = await session.query({ text: sql, rowMode: 'array', types: asText })
  const last = (Array.isArray(answer) ? answer.at(-1) : answer) as { rows?: (string | null)[][] }
  return last.rows ?? []
}

/** Returns the first value of the first row; `''` without one. */
export const firstValue = async (session: pg.ClientBase, sql: string): Promise<string> =>
  (await rowsOf(session, sql))[0]?.[0] ?? ''

// ---

/** Values as the server sends them, as psql shows them. */
const asText = { getTypeParser: () => (value: string) => value } as unknown as pg.CustomTypesConfig
