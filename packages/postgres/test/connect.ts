import pg from 'pg'

/** Returns a connection as tests and migrators open them; disposing closes it. */
export const connect = async (url: string) => {
  const client = new pg.Client(url)
  // The server ends it when its database is created again.
  client.on('error', () => {})
  await client.connect()
  return {
    /** Runs statements; returns the values of the first column. */
    async sql(text: string): Promise<unknown[]> {
      const { rows } = await client.query({ text, rowMode: 'array' })
      return (rows ?? []).map(([first]: unknown[]) => first)
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
