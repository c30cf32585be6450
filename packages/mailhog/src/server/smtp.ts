import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import type { Chaos } from './chaos.ts'
import type { Mailbox, StoredMail } from './mailbox.ts'
import { readAddress } from './smtp-address.ts'
import { asXoauth2 } from './smtp-login.ts'
import type { ServerCertificates } from './tls/authority.ts'

const maxBytes = 50 * 1024 * 1024

/** What an SMTP server needs. */
export interface SmtpContext {
  readonly mailbox: Mailbox
  readonly chaos: Chaos
  /** Called for each mail that was accepted. */
  readonly onMail: (mail: StoredMail) => void
  /** Default no TLS: clients that upgrade when they can would reject a certificate that they do not know. */
  readonly tls?: SmtpTls
}

/** How a server encrypts. */
export interface SmtpTls {
  readonly certificates: ServerCertificates
  /** `implicit`: from the first byte; `offered`: after STARTTLS; `required`: no mail and no login before STARTTLS. */
  readonly mode: 'implicit' | 'offered' | 'required'
}

/** Returns an SMTP server that accepts mail from and to any address, with any user name and password or token. */
export const createSmtp = ({ mailbox, chaos, onMail, tls }: SmtpContext): SMTPServer => {
  const unencrypted = (secure: boolean): Error | undefined =>
    tls?.mode === 'required' && !secure
      ? Object.assign(new Error('Must issue a STARTTLS command first'), { responseCode: 530 })
      : undefined
  return new PromptServer({
    name: 'mail',
    banner: 'ready',
    size: maxBytes,
    authOptional: true,
    authMethods: ['PLAIN', 'LOGIN', 'CRAM-MD5', 'XOAUTH2', 'OAUTHBEARER'],
    allowInsecureAuth: true,
    ...(tls === undefined ? { disabledCommands: ['STARTTLS'] } : tlsOptions(tls)),
    // A lookup of the client's name would wait for a name server that may be missing.
    disableReverseLookup: true,
    onAuth(auth, session, done) {
      const refusal = unencrypted(session.secure) ?? chaos.refusalAt('Authentication')
      if (refusal === undefined) done(null, { user: auth.username ?? 'anonymous' })
      else done(refusal)
    },
    onMailFrom(_address, session, done) {
      done(unencrypted(session.secure) ?? chaos.refusalAt('Sender'))
    },
    onRcptTo(_address, _session, done) {
      done(chaos.refusalAt('Recipient'))
    },
    onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope
      const take = async () => {
        const raw = await buffer(stream)
        if (stream.sizeExceeded)
          throw Object.assign(new Error('Message exceeds fixed maximum message size'), {
            responseCode: 552,
          })
        const mail = await mailbox.add(raw, {
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          user: typeof session.user === 'string' ? session.user : '',
        })
        onMail(mail)
        return mail.id
      }
      take().then(
        (id) => done(null, `OK: queued as ${id}`),
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      )
    },
  })
}

// ---

const tlsOptions = ({ certificates, mode }: SmtpTls): SMTPServerOptions => ({
  ...certificates.fallback,
  SNICallback: (host, done) => done(null, certificates.contextFor(host)),
  hideREQUIRETLS: false,
  ...(mode === 'implicit' ? { secure: true } : {}),
})

/** Greets at once. Its parent waits 100 ms before it greets, to detect spammers that talk too early. */
class PromptServer extends SMTPServer {
  /** Skipped without TLS, because its preparation would delay the start by 5 ms. */
  override updateSecureContext(options?: SMTPServerOptions): void {
    if (!this.options.disabledCommands?.includes('STARTTLS')) super.updateSecureContext(options)
  }

  override connect(...given: Parameters<SMTPServer['connect']>): void {
    const [socket] = given
    socket.setNoDelay(true)
    const before = new Set(this.connections)
    super.connect(...given)
    for (const connection of this.connections) {
      if (before.has(connection)) continue
      const { _parseAddressCommand, handler_AUTH } = connection
      connection._parseAddressCommand = (name, line) =>
        readAddress(name, String(line), (usual) =>
          _parseAddressCommand.call(connection, name, usual),
        )
      const login = (line: Buffer, done: () => void) =>
        handler_AUTH.call(connection, asXoauth2(line), done)
      connection.handler_AUTH = (line, done) => {
        if (!/^auth\s+oauthbearer\s*$/i.test(line.toString('latin1'))) return login(line, done)
        connection.send(334)
        connection._nextHandler = (token, next) =>
          login(Buffer.concat([Buffer.from('AUTH OAUTHBEARER '), Buffer.from(token)]), next)
        done()
      }
      connection.connectionReady()
      // The parent's timer calls it later.
      connection.connectionReady = () => {}
    }
  }
}
