import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'

/** Bytes that a forwarded connection has carried. */
export interface Carried {
  /** From the one that connected. */
  readonly received: number
  /** To it. */
  readonly sent: number
}

/**
 * Joins a carried connection and a socket: data, the end of each direction, and resets pass through.
 *
 * @param connection of a relay, or a socket with `allowHalfOpen`.
 * @param socket with `allowHalfOpen`.
 * @returns resolves, never rejects, when both have closed: the bytes, and the first fault.
 */
export const forward = (
  connection: Duplex,
  socket: Socket,
): Promise<Carried & { readonly fault?: Error }> => {
  const carried = { received: 0, sent: 0 }
  const done = Promise.withResolvers<Carried & { readonly fault?: Error }>()
  const state: { open: number; fault?: Error } = { open: 2 }
  connection.on('data', (bytes: Buffer) => {
    carried.received += bytes.length
  })
  socket.on('data', (bytes: Buffer) => {
    carried.sent += bytes.length
  })
  connection.pipe(socket)
  socket.pipe(connection)
  connection.on('error', (error) => {
    state.fault ??= error
    socket.resetAndDestroy()
  })
  socket.on('error', (error) => {
    state.fault ??= error
    connection.destroy(error)
  })
  const closed = () => {
    state.open -= 1
    if (state.open === 0)
      done.resolve({ ...carried, ...(state.fault === undefined ? {} : { fault: state.fault }) })
  }
  const connectionClosed = () => {
    // Closed without an error, but before the other direction has ended.
    if (!socket.destroyed && !connection.writableFinished) socket.resetAndDestroy()
    closed()
  }
  const socketClosed = () => {
    if (!connection.destroyed && !connection.writableEnded) connection.destroy()
    closed()
  }
  // One that has closed before, while the other end was reached, says so only here.
  if (connection.closed) connectionClosed()
  else connection.on('close', connectionClosed)
  if (socket.closed) socketClosed()
  else socket.on('close', socketClosed)
  return done.promise
}
