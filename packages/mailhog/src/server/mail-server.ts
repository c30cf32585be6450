import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { text } from 'node:stream/consumers'
import { Chaos } from './chaos.ts'
import { createEventHub } from './events.ts'
import { Mailbox, type StoredMail } from './mailbox.ts'
import { createRoutes } from './routes.ts'
import { createSmtp } from './smtp.ts'

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

  const http = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://mail')
    const { status, type, body } = await answer({
      method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'),
      path: pathname.length > 1 ? pathname.replace(/\/$/, '') : pathname,
      query: searchParams,
      json: () => readJson(request),
    })
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) })
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  http.on('upgrade', (request, socket) => {
    if (request.url === '/api/events') events.accept(request, socket)
    else socket.end('HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n')
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

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const body = await text(request)
  return body === '' ? {} : JSON.parse(body)
}
