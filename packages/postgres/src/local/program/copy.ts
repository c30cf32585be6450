import pg from 'pg'

/** What `pg` passes to a query while data is copied. */
interface Connection {
  sendCopyFromChunk(bytes: Buffer): void
  endCopyFrom(): void
}

type Settle = (error: Error | null) => void

/** Runs `copy … from stdin` with this data. */
export const copyIn = (session: pg.ClientBase, sql: string, data: Buffer): Promise<void> =>
  run(session, sql, {
    handleCopyInResponse(connection) {
      connection.sendCopyFromChunk(data)
      connection.endCopyFrom()
    },
  })

/** Runs `copy … to stdout` and returns the data. */
export const copyOut = async (session: pg.ClientBase, sql: string): Promise<Buffer> => {
  const chunks: Buffer[] = []
  await run(session, sql, { handleCopyData: ({ chunk }) => void chunks.push(chunk) })
  return Buffer.concat(chunks)
}

// ---

interface CopyHandlers {
  handleCopyInResponse?(connection: Connection): void
  handleCopyData?(message: { readonly chunk: Buffer }): void
}

/** `pg` calls these methods of a query object, whose own ones refuse data. */
const run = (session: pg.ClientBase, sql: string, handlers: CopyHandlers): Promise<void> =>
  new Promise((resolve, reject) => {
    const settle: Settle = (error) => (error === null ? resolve() : reject(error))
    const query = new pg.Query({ text: sql } as never) as pg.Query & { callback: Settle }
    session.query(Object.assign(query, { ...handlers, callback: settle }))
  })
