import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { Chaos } from './chaos.ts'
import { createEventHub } from './events.ts'
import { guarded } from './guard.ts'
import { Mailbox, type StoredMail } from './mailbox.ts'
import { type Answer, createRoutes, failed } from './routes.ts'
import { createSmtp } from './smtp.ts'
import { readTarget } from './target.ts'
import { refuseUpgrade } from './websocket.ts'

/** Options of {@link startMailServer}. */
export interface MailServerOptions {
  /** Address to listen on; default all. */
  readonly host?: string
  /** Port of SMTP; 0 for any free one. */
  readonly smtpPort: number
  /** Port of the API; 0 for any free one. */
  readonly httpPort: number
  /** Called for each mail that was accepted. */
  readonly onMail?: (mail: StoredMail) => void
  /** Logs failures of the server itself; default not at all. */
  readonly log?: (line: string) => void
}

/** A running mail server. */
export interface MailServer {
  /** Port of SMTP. */
  readonly smtpPort: number
  /** Port of the API. */
  readonly httpPort: number
  /** Ends it and all connections. */
  close(): Promise<void>
}

/** Starts a server that receives mail by SMTP and returns it by HTTP. SMTP is ready before HTTP. */
export const startMailServer = async (options: MailServerOptions): Promise<MailServer> => {
  const mailbox = new Mailbox()
  const chaos = new Chaos()
  const smtp = createSmtp(mailbox, chaos, options.onMail ?? (() => {}))
  // A client that disconnects early is not a failure of the server.
  smtp.on('error', () => {})
  const answer = createRoutes(mailbox, chaos)
  const events = createEventHub(mailbox)

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const sent = await answer({
      method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'),
      ...readTarget(request.url ?? '/'),
      json: () => readJson(request),
    })
    send(request, response, sent)
  }
  const refuse = (error: unknown, request: IncomingMessage, response: ServerResponse) => {
    if (response.destroyed || response.headersSent) return void response.destroy()
    options.log?.(`${request.method} ${request.url}: ${(error as Error).stack}`)
    send(request, response, failed(500, error))
  }
  const http = createServer(guarded(serve, refuse))
  http.on('upgrade', (request, socket) => {
    // A client that disconnects early is not a failure of the server.
    socket.on('error', () => {})
    if (request.url === '/api/events') events.accept(request, socket)
    else refuseUpgrade(socket, '404 Not Found')
  })

  const smtpSocket = smtp.listen(options.smtpPort, options.host) as Server
  await once(smtpSocket, 'listening')
  http.listen(options.httpPort, options.host)
  await once(http, 'listening')
  return {
    smtpPort: portOf(smtpSocket),
    httpPort: portOf(http),
    async close() {
      events.close()
      http.closeAllConnections()
      await Promise.all([
        new Promise<void>((resolve) => smtp.close(() => resolve())),
        new Promise<void>((resolve) => http.close(() => resolve())),
      ])
    },
  }
}

// ---

const portOf = (server: Server): number => (server.address() as AddressInfo).port

const send = (
  { method }: IncomingMessage,
  response: ServerResponse,
  { status, type, body }: Answer,
): void => {
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
  response.end(method === 'HEAD' ? undefined : body)
}

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const body = await text(request)
  return body === '' ? {} : JSON.parse(body)
}
