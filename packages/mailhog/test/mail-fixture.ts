import { connect } from 'node:net'
import { createTransport, type SendMailOptions } from 'nodemailer'
import { createMailClient, type MailClient } from '../src/client/mail-client.ts'
import {
  type MailServer,
  type MailServerOptions,
  startMailServer,
} from '../src/server/mail-server.ts'

/** The bundled server in this process, a sender and a client, for unit tests. */
export interface MailFixture extends AsyncDisposable {
  readonly server: MailServer
  readonly url: string
  readonly mail: MailClient
  send(mail: SendMailOptions): Promise<void>
}

export const openMailFixture = async (
  options: Pick<MailServerOptions, 'tls'> = {},
): Promise<MailFixture> => {
  const server = await startMailServer({
    host: '127.0.0.1',
    smtpPort: 0,
    httpPort: 0,
    ...options,
  })
  const url = `http://127.0.0.1:${server.httpPort}`
  const { send, end } = sender(server.smtpPort)
  return {
    server,
    url,
    mail: createMailClient('mail', () => url),
    send,
    async [Symbol.asyncDispose]() {
      end()
      await server.close()
    },
  }
}

/** Returns a sender with one connection, which stays open until `end()`. */
export const sender = (port: number, host = '127.0.0.1') => {
  const transport = createTransport({
    pool: true,
    maxConnections: 1,
    maxMessages: 1_000,
    host,
    port,
    // Nagle's algorithm would delay the end of each mail by 40 ms.
    getSocket(_options: unknown, done: (error: Error | null, socket: unknown) => void) {
      const connection = connect({ port, host, noDelay: true }, () => done(null, { connection }))
      connection.once('error', done)
    },
  })
  return {
    async send(mail: SendMailOptions): Promise<void> {
      await transport.sendMail({ from: 'shop@example.test', to: 'ann@example.test', ...mail })
    },
    end: () => transport.close(),
  }
}
