import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { ControlLimits } from '../limits.ts'

/** Answers one request; must not throw. */
export type Listener = (request: IncomingMessage, response: ServerResponse) => void

/** Creates the HTTP server of a lane's Control API, which closes connections that are slow or malformed. */
export const createControlServer = (listener: Listener, limits: ControlLimits): Server => {
  const server = createServer({
    maxHeaderSize: 16 * 1024,
    headersTimeout: limits.headMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: 30_000,
    connectionsCheckingInterval: Math.min(limits.headMs, 2_000),
    insecureHTTPParser: false,
  })
  server.maxConnections = limits.connections
  const last = new WeakMap<Socket, ServerResponse>()
  const answer: Listener = (request, response) => {
    last.set(request.socket, response)
    // Errors of a connection that broke have no reader.
    request.on('error', () => undefined)
    response.on('error', () => undefined)
    listener(request, response)
  }
  server.on('request', answer)
  // The body is asked for when the request is known to be allowed.
  server.on('checkContinue', answer)
  server.on('clientError', (error, socket) => {
    const response = last.get(socket as Socket)
    // One request gets one answer: this one has begun.
    if (response?.headersSent && response.req.complete === false) (socket as Socket).destroySoon()
    else refuse(error, socket as Socket)
  })
  server.on('error', () => undefined)
  return server
}

/** Listens on a free port of the loopback address; returns the port. */
export const listenOnLoopback = async (server: Server): Promise<number> => {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      server.off('error', reject)
      resolve()
    })
  })
  return (server.address() as AddressInfo).port
}

/** Ends a server with all its connections. */
export const closeServer = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

// ---

/** Answers what is not HTTP, as far as the client still listens. */
const refuse = (error: NodeJS.ErrnoException, socket: Socket): void => {
  if (error.code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  const [status, message] = refusals.get(error.code ?? '') ?? malformed
  const body = JSON.stringify({
    code: 'REQUEST_INVALID',
    message,
    remedy: 'send a well-formed HTTP/1.1 request',
    facts: {},
    details: [],
    lastLogs: [],
  })
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  )
}

const malformed = ['400 Bad Request', 'the request is not well-formed HTTP'] as const

const refusals: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['HPE_HEADER_OVERFLOW', ['431 Request Header Fields Too Large', 'the headers are too long']],
  [
    'HPE_CHUNK_EXTENSIONS_OVERFLOW',
    ['413 Payload Too Large', 'the extensions of chunks are too long'],
  ],
  ['ERR_HTTP_REQUEST_TIMEOUT', ['408 Request Timeout', 'the request took too long to arrive']],
])
