/*
 * The part of Mailpit's API v1 that the client reads and the bundled server has.
 * Names and cases are Mailpit's.
 */

/** Where Mailpit, MailHog and the bundled server listen in their containers. */
export const mailpitPorts = { smtp: 1025, http: 8025 } as const

/** Where the bundled server takes mail that is encrypted from the first byte. */
export const smtpsPort = 1465

/** An address. */
export interface ApiAddress {
  readonly Name: string
  readonly Address: string
}

/** A mail in a list. */
export interface ApiSummary {
  readonly ID: string
  /** Without angle brackets. */
  readonly MessageID: string
  readonly Read: boolean
  readonly From: ApiAddress
  readonly To: readonly ApiAddress[]
  readonly Cc: readonly ApiAddress[]
  /** Recipients of the envelope that are in no header. */
  readonly Bcc: readonly ApiAddress[]
  readonly ReplyTo: readonly ApiAddress[]
  readonly Subject: string
  /** When it arrived, ISO 8601. */
  readonly Created: string
  /** User name of the client; `''` if it did not authenticate. */
  readonly Username: string
  readonly Tags: readonly string[]
  /** Bytes. */
  readonly Size: number
  /** Without those that are shown within the text. */
  readonly Attachments: number
  /** The first 250 characters of the text. */
  readonly Snippet: string
}

/** An attachment. */
export interface ApiPart {
  readonly PartID: string
  readonly FileName: string
  readonly ContentType: string
  readonly ContentID: string
  readonly Size: number
  /** Of its bytes, in hexadecimal. */
  readonly Checksums: { readonly MD5: string; readonly SHA1: string; readonly SHA256: string }
}

/** The headers `List-Unsubscribe` and `List-Unsubscribe-Post`. */
export interface ApiListUnsubscribe {
  readonly Header: string
  readonly Links: readonly string[]
  /** What is wrong with them; `''` if nothing is. */
  readonly Errors: string
  readonly HeaderPost: string
}

/** A mail with its content. */
export interface ApiMessage
  extends Pick<
    ApiSummary,
    | 'ID'
    | 'MessageID'
    | 'From'
    | 'To'
    | 'Cc'
    | 'Bcc'
    | 'ReplyTo'
    | 'Subject'
    | 'Username'
    | 'Tags'
    | 'Size'
  > {
  readonly ReturnPath: string
  /** Date of the header, else when it arrived; ISO 8601. */
  readonly Date: string
  readonly Text: string
  readonly HTML: string
  readonly Attachments: readonly ApiPart[]
  readonly Inline: readonly ApiPart[]
  readonly ListUnsubscribe: ApiListUnsubscribe
}

/** What `POST /api/v1/sources` answers, which only the bundled server has. */
export interface ApiSources {
  readonly Sources: readonly {
    readonly ID: string
    /** In base64. */
    readonly Raw: string
    readonly Bcc: readonly ApiAddress[]
  }[]
  /** Ids of mails that would have made the response too large. */
  readonly Left: readonly string[]
}

/** A page of a list. */
export interface ApiPage {
  readonly total: number
  readonly unread: number
  readonly count: number
  readonly messages_count: number
  readonly messages_unread: number
  readonly start: number
  readonly tags: readonly string[]
  /** Newest first. */
  readonly messages: readonly ApiSummary[]
}

/** How one point of an SMTP session is refused. */
export interface ApiTrigger {
  /** 400–599. */
  readonly ErrorCode: number
  /** 0–100. */
  readonly Probability: number
}

/** Refusals at all points of an SMTP session. */
export interface ApiChaos {
  readonly Sender: ApiTrigger
  readonly Recipient: ApiTrigger
  readonly Authentication: ApiTrigger
}

/** An event of the WebSocket. */
export interface ApiEvent {
  readonly Type: 'new' | 'update' | 'delete' | 'truncate'
  readonly Data: unknown
}
