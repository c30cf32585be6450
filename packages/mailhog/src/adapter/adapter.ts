/** A mail as a server lists it; the rest is loaded when somebody looks at it. */
export interface Listed {
  readonly id: string
  readonly receivedAt: Date
  /** `undefined` when it is no longer there. */
  load(signal?: AbortSignal): Promise<Loaded | undefined>
}

export interface Loaded {
  /** As it was sent. */
  readonly raw: Uint8Array
  /** Recipients of the envelope; those that no header names become `bcc`. */
  readonly recipients: readonly string[]
}

/** What all mail servers can do, in our words. Everything throws `SERVICE_CLIENT_FAILED` when the server does not do it. */
export interface MailAdapter {
  readonly server: 'Mailpit' | 'MailHog' | 'MailDev'
  /** All mail in the mailbox, oldest first. */
  list(signal?: AbortSignal): Promise<Listed[]>
  /** In the server's own search language. */
  search(query: string, signal?: AbortSignal): Promise<Listed[]>
  clear(signal?: AbortSignal): Promise<void>
  /**
   * Calls `onNews` once it listens and then for each mail that comes, until the signal aborts or the server hangs up.
   * Never rejects: whoever calls it looks from time to time, too.
   */
  follow(onNews: () => void, signal: AbortSignal): Promise<void>
  /** Only where the server can refuse mail on demand. */
  refuse?(chaos: Chaos, signal?: AbortSignal): Promise<void>
}

/** How a server refuses at one point of an SMTP session. */
export interface Refusal {
  /** SMTP code, 400–599; default 451, for `authentication` 535. */
  readonly code?: number
  /** How often, 0–100 per cent; default 100. */
  readonly probability?: number
}

/** Which points of an SMTP session are refused; those left out are not. */
export interface Chaos {
  /** `MAIL FROM`. */
  readonly sender?: Refusal
  /** `RCPT TO`. */
  readonly recipient?: Refusal
  /** `AUTH`. */
  readonly authentication?: Refusal
}
