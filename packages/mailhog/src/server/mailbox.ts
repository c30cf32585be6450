import { randomUUID } from 'node:crypto'
import PostalMime, { type Email } from 'postal-mime'

/** Sender and recipients of the SMTP session, which can differ from the headers. */
export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
  /** User name of the client; `''` if it did not authenticate. */
  readonly user: string
}

/** A mail in the mailbox. */
export interface StoredMail {
  readonly id: string
  /** When it arrived. */
  readonly created: Date
  readonly envelope: Envelope
  /** Its source. */
  readonly raw: Buffer
  readonly parsed: Email
  /** Whether a client has read it. */
  read: boolean
}

/** What happened to mail in the mailbox. */
export type MailboxEvent =
  | { readonly kind: 'new'; readonly mail: StoredMail }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'clear' }

/** All mail that arrived, in memory, in the order of arrival. */
export class Mailbox {
  readonly #mails = new Map<string, StoredMail>()
  readonly #listeners = new Set<(event: MailboxEvent) => void>()

  /** Adds a mail at the end. */
  async add(raw: Buffer, envelope: Envelope): Promise<StoredMail> {
    const parsed = await PostalMime.parse(raw)
    const id = randomUUID().replaceAll('-', '').slice(0, 22)
    const mail: StoredMail = { id, created: new Date(), envelope, raw, parsed, read: false }
    this.#mails.set(id, mail)
    this.#emit({ kind: 'new', mail })
    return mail
  }

  /** Returns a mail by its id; the newest one for `latest`. */
  get(id: string): StoredMail | undefined {
    return id === 'latest' ? this.newestFirst()[0] : this.#mails.get(id)
  }

  /** Returns all mail, newest first. */
  newestFirst(): StoredMail[] {
    return [...this.#mails.values()].reverse()
  }

  /** Deletes mail by id. */
  delete(ids: readonly string[]): void {
    for (const id of ids) if (this.#mails.delete(id)) this.#emit({ kind: 'delete', id })
  }

  /** Deletes all mail. */
  clear(): void {
    this.#mails.clear()
    this.#emit({ kind: 'clear' })
  }

  /** Calls back for everything that happens from now on. */
  onEvent(listener: (event: MailboxEvent) => void): void {
    this.#listeners.add(listener)
  }

  #emit(event: MailboxEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
