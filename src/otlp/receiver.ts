import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { answer, type Intake } from './answer.ts'
import type { BodyLimits } from './read-body.ts'

/** Limits of a receiver. */
export interface ReceiverLimits extends BodyLimits {
  /** Connections at the same time. */
  readonly connections: number
}

/** SDKs send batches of 512 spans, a few hundred kilobytes. */
export const defaultLimits: ReceiverLimits = {
  sent: 8 * 1024 * 1024,
  whole: 32 * 1024 * 1024,
  arrivalMs: 30_000,
  connections: 256,
}

/** Speaks OTLP over HTTP on connections that it is given; it has no port. */
export interface Receiver {
  accept(connection: Duplex, intake: Intake): void
  /** Cuts all connections. */
  close(): void
}

/** Creates a receiver. */
export const createReceiver = (limits: ReceiverLimits = defaultLimits): Receiver => {
  const open = new Map<Duplex, Intake>()
  const server = createServer({ maxHeaderSize: 16 * 1024, keepAliveTimeout: 60_000 })
  server.on('request', (request: IncomingMessage, response) => {
    const intake = open.get(request.socket)
    // Errors of a connection that broke have no reader.
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    if (intake !== undefined) void answer(request, response, intake, limits)
  })
  server.on('clientError', (_error, connection) => {
    if (connection.writable) connection.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    else connection.destroy()
  })
  server.on('error', () => undefined)
  return {
    accept(connection, intake) {
      if (open.size === limits.connections) {
        connection.destroy()
        return
      }
      open.set(connection, intake)
      connection.on('error', () => undefined)
      connection.once('close', () => open.delete(connection))
      server.emit('connection', connection)
    },
    close() {
      for (const connection of open.keys()) connection.destroy()
    },
  }
}
