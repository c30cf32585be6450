import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { Chaos } from './chaos.ts'
import type { Mailbox, StoredMail } from './mailbox.ts'

const maxBytes = 50 * 1024 * 1024

/**
 * Returns an SMTP server that accepts mail from and to any address, with any user name and password. It offers no STARTTLS,
 * because clients that upgrade when they can would reject its certificate.
 */
export const createSmtp = (
  mailbox: Mailbox,
  chaos: Chaos,
  onMail: (mail: StoredMail) => void,
): SMTPServer =>
  new PromptServer({
    name: 'mail',
    banner: 'ready',
    size: maxBytes,
    authOptional: true,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    // A lookup of the client's name would wait for a name server that may be missing.
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      const refusal = chaos.refusalAt('Authentication')
      if (refusal === undefined) done(null, { user: auth.username ?? 'anonymous' })
      else done(refusal)
    },
    onMailFrom(_address, _session, done) {
      done(chaos.refusalAt('Sender'))
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

// ---

/** Greets at once. Its parent waits 100 ms before it greets, to detect spammers that talk too early. */
class PromptServer extends SMTPServer {
  /** Skipped, because STARTTLS is not offered and its preparation would delay the start by 5 ms. */
  override updateSecureContext(): void {}

  override connect(...given: Parameters<SMTPServer['connect']>): void {
    const [socket] = given
    socket.setNoDelay(true)
    const before = new Set(this.connections)
    super.connect(...given)
    for (const connection of this.connections) {
      if (before.has(connection)) continue
      connection.connectionReady()
      // The parent's timer calls it later.
      connection.connectionReady = () => {}
    }
  }
}
