/* Former names of exported types. */
import type { S3GetOptions, S3PresignOptions, S3PutOptions } from './client/types.ts'
import type { S3Server, S3ServerImage } from './servers.ts'

/** @deprecated Use {@link S3GetOptions}. */
export type GetOptions = S3GetOptions
/** @deprecated Use {@link S3ServerImage}. */
export type OtherServer = S3ServerImage
/** @deprecated Use {@link S3PresignOptions}. */
export type PresignOptions = S3PresignOptions
/** @deprecated Use {@link S3PutOptions}. */
export type PutOptions = S3PutOptions
/** @deprecated Use {@link S3Server}. */
export type Server = S3Server
