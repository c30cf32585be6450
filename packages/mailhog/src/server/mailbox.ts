import { randomUUID } from 'node:crypto'
import { type ParsedMail, parseMail } from '../parse-mail.ts'
import { tagsOf, uniqueTags } from './tags.ts'

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
  readonly parsed: ParsedMail
  /** Whether a client has read it. */
  read: boolean
  /** Sorted. */
  tags: readonly string[]
}

/** What happened to mail in the mailbox. */
export type MailboxEvent =
  | { readonly kind: 'new'; readonly mail: StoredMail }
  | { readonly kind: 'read'; readonly mail: StoredMail }
  | { readonly kind: 'tags'; readonly mail: StoredMail }
  | { readonly kind: 'delete'; readonly id: string }
  | { readonly kind: 'clear' }

/** All mail that arrived, in memory, in the order of arrival. */
export class Mailbox {
  readonly #mails = new Map<string, StoredMail>()
  readonly #listeners = new Set<(event: MailboxEvent) => void>()

  #deleted = 0

  /** How many mails have been deleted. */
  get deleted(): number {
    return this.#deleted
  }

  /** Adds a mail at the end. */
  async add(raw: Buffer, envelope: Envelope): Promise<StoredMail> {
    const parsed = await parseMail(raw)
    const id = randomUUID().replaceAll('-', '').slice(0, 22)
    const tags = tagsOf(parsed, envelope)
    const mail: StoredMail = { id, created: new Date(), envelope, raw, parsed, read: false, tags }
    this.#mails.set(id, mail)
    this.#emit({ kind: 'new', mail })
    return mail
  }

  /** Returns a mail by its id. */
  get(id: string): StoredMail | undefined {
    return this.#mails.get(id)
  }

  /** Notes whether a client has read a mail. */
  setRead(mail: StoredMail, read: boolean): void {
    if (mail.read === read) return
    mail.read = read
    this.#emit({ kind: 'read', mail })
  }

  /** Replaces the tags of a mail. */
  setTags(mail: StoredMail, tags: readonly string[]): void {
    mail.tags = uniqueTags(tags)
    this.#emit({ kind: 'tags', mail })
  }

  /** How many mails each tag has, by tag in their order. */
  get tags(): Readonly<Record<string, number>> {
    const counts = new Map<string, number>()
    for (const { tags } of this.#mails.values())
      for (const tag of tags) counts.set(tag, (counts.get(tag) ?? 0) + 1)
    return Object.fromEntries([...counts].sort(([one], [other]) => (one < other ? -1 : 1)))
  }

  /** Returns all mail, newest first. */
  newestFirst(): StoredMail[] {
    return [...this.#mails.values()].reverse()
  }

  /** Deletes mail by id. */
  delete(ids: readonly string[]): void {
    for (const id of ids)
      if (this.#mails.delete(id)) {
        this.#deleted += 1
        this.#emit({ kind: 'delete', id })
      }
  }

  /** Deletes all mail. */
  clear(): void {
    this.#deleted += this.#mails.size
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
