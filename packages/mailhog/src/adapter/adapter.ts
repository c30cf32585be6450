/** A mail as a server lists it. Its content is loaded on demand. */
export interface Listed {
  /** The server's id. */
  readonly id: string
  /** When it arrived. */
  readonly receivedAt: Date
  /** Loads its content; `undefined` if it has been deleted. */
  load(signal?: AbortSignal): Promise<Loaded | undefined>
}

/** The content of a mail. */
export interface Loaded {
  /** Its source as it was sent. */
  readonly raw: Uint8Array
  /** Recipients of the envelope; those that are in no header become `bcc`. */
  readonly recipients: readonly string[]
}

/** What every supported mail server can do. All methods but `follow` throw `SERVICE_CLIENT_FAILED` if the server fails. */
export interface MailAdapter {
  /** Name of the product. */
  readonly server: 'Mailpit' | 'MailHog' | 'MailDev'
  /** Lists all mail in the mailbox, oldest first. */
  list(signal?: AbortSignal): Promise<Listed[]>
  /** Lists the mail that matches a query in the server's own language, oldest first. */
  search(query: string, signal?: AbortSignal): Promise<Listed[]>
  /** Loads several mails with few requests, by id; leaves out what has been deleted. `undefined` if the server cannot. */
  loadAll?(ids: readonly string[], signal?: AbortSignal): Promise<Map<string, Loaded> | undefined>
  /** Deletes all mail. */
  clear(signal?: AbortSignal): Promise<void>
  /**
   * Calls `onNews` once it listens and then for each mail that arrives, until the signal aborts or the server hangs up.
   * Never rejects, because callers also poll.
   */
  follow(onNews: () => void, signal: AbortSignal): Promise<void>
  /** Makes the server refuse mail; `undefined` if it cannot. */
  refuse?(chaos: MailChaos, signal?: AbortSignal): Promise<void>
}

/** How a server refuses at one point of an SMTP session. */
export interface MailRefusal {
  /** SMTP code, 400–599; default 451, for `authentication` 535. */
  readonly code?: number
  /** How often, in per cent; default 100. */
  readonly probability?: number
}

/** Which points of an SMTP session are refused; those left out are not. */
export interface MailChaos {
  /** `MAIL FROM`. */
  readonly sender?: MailRefusal
  /** `RCPT TO`. */
  readonly recipient?: MailRefusal
  /** `AUTH`. */
  readonly authentication?: MailRefusal
}
