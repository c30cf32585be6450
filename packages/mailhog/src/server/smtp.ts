import { buffer } from 'node:stream/consumers'
import { SMTPServer } from 'smtp-server'
import type { Chaos } from './chaos.ts'
import type { Mailbox, StoredMail } from './mailbox.ts'

const maxBytes = 50 * 1024 * 1024

/**
 * Takes mail from anybody to anybody. No STARTTLS: with a certificate that nobody knows, clients that
 * upgrade when they can would fail. Any user name and password will do.
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
    // A name lookup of the client would wait for a server that may not be there.
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      const refusal = chaos.strike('Authentication')
      if (refusal === undefined) done(null, { user: auth.username ?? 'anonymous' })
      else done(refusal)
    },
    onMailFrom(_address, _session, done) {
      done(chaos.strike('Sender'))
    },
    onRcptTo(_address, _session, done) {
      done(chaos.strike('Recipient'))
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

/** Greets at once. Its parent keeps every client waiting for 100 ms, to find out spammers that talk too soon. */
class PromptServer extends SMTPServer {
  /** Made ready for STARTTLS, which is not offered, it would start 5 ms later. */
  override updateSecureContext(): void {}

  override connect(...given: Parameters<SMTPServer['connect']>): void {
    const [socket] = given
    socket.setNoDelay(true)
    const before = new Set(this.connections)
    super.connect(...given)
    for (const connection of this.connections) {
      if (before.has(connection)) continue
      connection.connectionReady()
      // What its timer calls later on.
      connection.connectionReady = () => {}
    }
  }
}
