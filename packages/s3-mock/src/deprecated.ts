/* Former names of exported types. */
import type { S3Server, S3ServerImage } from './servers.ts'

/** @deprecated Use {@link S3ServerImage}. */
export type OtherServer = S3ServerImage
/** @deprecated Use {@link S3Server}. */
export type Server = S3Server
