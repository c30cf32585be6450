/** How a connection is opened and closed. */
export interface ConnectionSource<Connection> {
  /** Connects. Read the address here, not before: a recreated service may have another. */
  open(): Promise<Connection>
  /** Disconnects. A release waits for what it returns, so it must end also if the server does not answer. */
  close(connection: Connection): Promise<void> | void
}

/** One connection, from the start of its opening. */
export interface ConnectionSlot<Connection> {
  /** Settles when it is open, or could not be opened. */
  readonly opening: Promise<Connection>
  /** Whether `close()` was called. */
  readonly closed: boolean
  /** Closes it once. One that is still opening is closed when it is open, without a wait for that. */
  close(): Promise<void>
}

/** Starts to open a connection. */
export const openSlot = <Connection>({
  open,
  close,
}: ConnectionSource<Connection>): ConnectionSlot<Connection> => {
  let opened: { readonly connection: Connection } | undefined
  let closed = false
  const connect = async () => {
    const connection = await open()
    opened = { connection }
    if (closed) await close(connection)
    return connection
  }
  return {
    opening: connect(),
    get closed() {
      return closed
    },
    async close() {
      if (closed) return
      closed = true
      if (opened !== undefined) await close(opened.connection)
    },
  }
}
