import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import type { SMTPServer } from 'smtp-server'
import { guarded } from '../../../../servers/guard.ts'
import type { PageFiles } from '../../../../servers/page/page-files.ts'
import { foreignHeaders, sendPage } from '../../../../servers/page/serve-page.ts'
import { readTarget } from '../../../../servers/target.ts'
import { refuseUpgrade } from '../../../../servers/websocket.ts'
import { type Answer, failed } from './answer.ts'
import { Chaos } from './chaos.ts'
import { createEventHub } from './events.ts'
import { Mailbox, type StoredMail } from './mailbox.ts'
import { originHeaders } from './origin.ts'
import { createMailPage } from './page/mail-page.ts'
import { createRoutes } from './routes.ts'
import { createSmtp, type SmtpTls } from './smtp.ts'
import { createServerCertificates } from './tls/authority.ts'

/** Options of {@link startMailServer}. */
export interface MailServerOptions {
  /** Address to listen on; default all. */
  readonly host?: string
  /** Port of SMTP; 0 for any free one. */
  readonly smtpPort: number
  /** Port of the API; 0 for any free one. */
  readonly httpPort: number
  /** Encrypts SMTP; default not. */
  readonly tls?: {
    /** Port of SMTP that is encrypted from the first byte; 0 for any free one. */
    readonly port: number
    /** Refuses mail that is not encrypted; default `false`, which offers STARTTLS. */
    readonly required?: boolean
    /** Names of this host in certificates, besides those that clients ask for. */
    readonly names?: readonly string[]
  }
  /** Files of the web page; default none, which makes `/` not found. */
  readonly page?: PageFiles | undefined
  /** Where mail is sent to, as the web page shows it; default the port. */
  readonly smtpUrl?: string | undefined
  /** Called for each mail that was accepted. */
  readonly onMail?: (mail: StoredMail) => void
  /** Logs failures of the server itself; default not at all. */
  readonly log?: (line: string) => void
}

/** A running mail server. */
export interface MailServer {
  /** Port of SMTP. */
  readonly smtpPort: number
  /** Port of SMTP that is encrypted from the first byte; `undefined` without `tls`. */
  readonly smtpsPort: number | undefined
  /** Port of the API. */
  readonly httpPort: number
  /** Ends it and all connections. */
  close(): Promise<void>
}

/** Starts a server that receives mail by SMTP and returns it by HTTP. SMTP is ready before HTTP. */
export const startMailServer = async (options: MailServerOptions): Promise<MailServer> => {
  const mailbox = new Mailbox()
  const chaos = new Chaos()
  const onMail = options.onMail ?? (() => {})
  const certificates = options.tls && createServerCertificates(options.tls.names ?? [])
  const openSmtp = (mode: SmtpTls['mode']): SMTPServer => {
    const tls = certificates && { certificates, mode }
    const server = createSmtp({ mailbox, chaos, onMail, ...(tls === undefined ? {} : { tls }) })
    // A client that disconnects early, or does not trust the certificate, is not a failure of the server.
    server.on('error', () => {})
    return server
  }
  const smtp = openSmtp(options.tls?.required ? 'required' : 'offered')
  const smtps = options.tls && openSmtp('implicit')
  const answer = createRoutes({ mailbox, chaos, onMail })
  const events = createEventHub(mailbox)

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const target = readTarget(request.url ?? '/')
    const shown = page?.(request, target)
    if (shown !== undefined) return sendPage(request, response, shown)
    const { origin, host, authorization } = request.headers
    const allowed = originHeaders(origin, host)
    if (allowed === undefined)
      return send(request, response, failed(403, 'Blocked due to CORS violation'))
    const sent = await answer({
      method: request.method === 'HEAD' ? 'GET' : (request.method ?? 'GET'),
      ...target,
      user: userOf(authorization),
      json: () => readJson(request),
    })
    send(request, response, { ...sent, headers: { ...sent.headers, ...allowed } })
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
    const { origin, host } = request.headers
    if (originHeaders(origin, host) === undefined) refuseUpgrade(socket, '403 Forbidden')
    else if (readTarget(request.url ?? '/').path === '/api/events') events.accept(request, socket)
    else refuseUpgrade(socket, '404 Not Found')
  })

  const listen = async (server: SMTPServer, port: number): Promise<Server> => {
    const socket = server.listen(port, options.host) as Server
    await once(socket, 'listening')
    return socket
  }
  const smtpSocket = await listen(smtp, options.smtpPort)
  const smtpsSocket = smtps && (await listen(smtps, options.tls?.port ?? 0))
  const smtpUrl = options.smtpUrl ?? `smtp://localhost:${portOf(smtpSocket)}`
  const page = options.page && createMailPage(options.page, mailbox, smtpUrl)
  http.listen(options.httpPort, options.host)
  await once(http, 'listening')
  return {
    smtpPort: portOf(smtpSocket),
    smtpsPort: smtpsSocket && portOf(smtpsSocket),
    httpPort: portOf(http),
    async close() {
      events.close()
      http.closeAllConnections()
      await Promise.all([
        ...[smtp, ...(smtps === undefined ? [] : [smtps])].map(
          (server) => new Promise<void>((resolve) => server.close(() => resolve())),
        ),
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
  { status, type, body, headers }: Answer,
): void => {
  response.writeHead(status, {
    ...foreignHeaders,
    ...headers,
    'content-type': type,
    'content-length': Buffer.byteLength(body),
    'referrer-policy': 'no-referrer',
  })
  response.end(method === 'HEAD' ? undefined : body)
}

/** A mail of the greatest size as base64 within JSON. */
const longestBody = 80 * 1024 * 1024

const readJson = async (request: IncomingMessage): Promise<unknown> => {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > longestBody) throw new RangeError(`the body is longer than ${longestBody} bytes`)
    chunks.push(chunk)
  }
  const body = Buffer.concat(chunks).toString('utf8')
  return body.trim() === '' ? undefined : JSON.parse(body)
}

const userOf = (authorization = ''): string => {
  const [, credentials = ''] = /^basic (\S+)$/i.exec(authorization) ?? []
  return Buffer.from(credentials, 'base64').toString('utf8').split(':')[0] ?? ''
}
