/** Something that a service received for others, as the record of a run shows it. */
export type Capture = CapturedMail | CapturedObject

/** A mail that a mail server received. */
export interface CapturedMail {
  /** Says that it is a mail. */
  readonly kind: 'mail'
  /** Id on the server; a capture with an id that was returned before is not recorded again. */
  readonly id: string
  /** When the server received it. */
  readonly at: Date
  /** Address of the sender. */
  readonly from: string
  /** Addresses of `To`. */
  readonly to: readonly string[]
  /** Addresses of `Cc`; default none. */
  readonly cc?: readonly string[]
  /** Recipients of the envelope that are in no header; default none. */
  readonly bcc?: readonly string[]
  /** Subject, decoded. */
  readonly subject: string
  /** Size of its source, in bytes. */
  readonly bytes: number
  /** Plain text; default none. */
  readonly text?: string
  /** HTML; default none. The report shows it without scripts and remote content. */
  readonly html?: string
  /** Its attachments, without their content; default none. */
  readonly attachments?: readonly CapturedAttachment[]
}

/** An attachment of a {@link CapturedMail}. */
export interface CapturedAttachment {
  /** File name; `''` if there is none. */
  readonly name: string
  /** Media type, such as `image/png`. */
  readonly type: string
  /** Size in bytes. */
  readonly bytes: number
}

/** An object that an object store wrote or deleted. */
export interface CapturedObject {
  /** Says that it is an object. */
  readonly kind: 'object'
  /** Unique in the service; a capture with an id that was returned before is not recorded again. */
  readonly id: string
  /** When it was written or deleted. */
  readonly at: Date
  /** Whether it was written or deleted. */
  readonly do: 'put' | 'delete'
  /** Name of the bucket. */
  readonly bucket: string
  /** Key of the object. */
  readonly key: string
  /** Size in bytes; absent for a deletion. */
  readonly bytes?: number
  /** Media type; default unknown. */
  readonly type?: string
  /** Version, in a bucket with versions. */
  readonly versionId?: string
}
