import { randomUUID } from 'node:crypto'
import PostalMime, { type Email } from 'postal-mime'

/** Who sent a mail to whom, as the SMTP session said; its headers may say otherwise. */
export interface Envelope {
  readonly from: string
  readonly to: readonly string[]
  readonly user: string
}

export interface StoredMail {
  readonly id: string
  readonly created: Date
  readonly envelope: Envelope
  readonly raw: Buffer
  readonly parsed: Email
  read: boolean
}

export type MailboxEvent =
  | { readonly kind: 'new'; readonly mail: StoredMail }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'clear' }

/** All mail that came, in memory, in the order of arrival. */
export class Mailbox {
  readonly #mails = new Map<string, StoredMail>()
  readonly #listeners = new Set<(event: MailboxEvent) => void>()

  async add(raw: Buffer, envelope: Envelope): Promise<StoredMail> {
    const parsed = await PostalMime.parse(raw)
    const id = randomUUID().replaceAll('-', '').slice(0, 22)
    const mail: StoredMail = { id, created: new Date(), envelope, raw, parsed, read: false }
    this.#mails.set(id, mail)
    this.#tell({ kind: 'new', mail })
    return mail
  }

  /** `latest` is the last that came. */
  get(id: string): StoredMail | undefined {
    return id === 'latest' ? this.newestFirst()[0] : this.#mails.get(id)
  }

  newestFirst(): StoredMail[] {
    return [...this.#mails.values()].reverse()
  }

  delete(ids: readonly string[]): void {
    for (const id of ids) if (this.#mails.delete(id)) this.#tell({ kind: 'delete', id })
  }

  clear(): void {
    this.#mails.clear()
    this.#tell({ kind: 'clear' })
  }

  onEvent(listener: (event: MailboxEvent) => void): void {
    this.#listeners.add(listener)
  }

  #tell(event: MailboxEvent): void {
    for (const listener of this.#listeners) listener(event)
  }
}
