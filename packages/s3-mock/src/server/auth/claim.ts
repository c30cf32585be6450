import { S3Error } from '../s3-error.ts'
import { algorithm, type Scope } from './canonical.ts'

/** A signature as a request carries it, in its header or in its query. */
export interface Claim {
  readonly accessKeyId: string
  readonly scope: Scope
  readonly signedHeaders: readonly string[]
  readonly signature: string
  /** `20260131T235959Z`. */
  readonly date: string
  /** SHA-256 of the body, or one of the words that are used instead. */
  readonly payload: string
}

/** Parses `<key>/<date>/<region>/s3/aws4_request`; `undefined` if it is malformed. */
export const readCredential = (text: string): Pick<Claim, 'accessKeyId' | 'scope'> | undefined => {
  const parts = text.split('/')
  const [date = '', region = '', service, last] = parts.slice(-4)
  const accessKeyId = parts.slice(0, -4).join('/')
  return parts.length < 5 || service !== 's3' || last !== 'aws4_request' || accessKeyId === ''
    ? undefined
    : { accessKeyId, scope: { date, region, text: parts.slice(-4).join('/') } }
}

/** Returns the error for a signature of another version than 4, or than 2 where S3 accepts it. */
export const unsupportedMechanism = (): S3Error =>
  new S3Error('InvalidRequest', {
    message: `The authorization mechanism you have provided is not supported. Please use ${algorithm}.`,
  })

/** Returns the error for a missing or malformed date. */
export const invalidDate = (): S3Error =>
  new S3Error('AccessDenied', {
    message: 'AWS authentication requires a valid Date or x-amz-date header',
  })
