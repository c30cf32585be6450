import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import { algorithm, readAmzDate } from './canonical.ts'
import { type Claim, readCredential } from './claim.ts'

const maxExpiresS = 7 * 24 * 60 * 60

/**
 * Returns the signature of a presigned URL.
 *
 * @throws {S3Error} `AccessDenied` if it has expired or is not valid yet, `AuthorizationQueryParametersError`.
 */
export const readPresigned = (request: S3Request, now: number): Claim => {
  const asked = (name: string): string => {
    const value = request.param(name)
    if (value === undefined || value === '') throw malformed(`${missing}: ${name} is missing`)
    return value
  }
  if (asked('X-Amz-Algorithm') !== algorithm)
    throw malformed(`X-Amz-Algorithm only supports "${algorithm}"`)
  const credential = readCredential(asked('X-Amz-Credential'))
  if (credential === undefined) throw malformed('Error parsing the X-Amz-Credential parameter')
  const date = asked('X-Amz-Date')
  const from = readAmzDate(date)
  if (Number.isNaN(from)) throw malformed('X-Amz-Date must be in the ISO8601 Long Format')
  const expiresS = Number(asked('X-Amz-Expires'))
  if (!Number.isInteger(expiresS) || expiresS < 0)
    throw malformed('X-Amz-Expires should be a non-negative number')
  if (expiresS > maxExpiresS)
    throw malformed(
      'X-Amz-Expires must be less than a week (in seconds); that is, the given X-Amz-Expires must be less than 604800 seconds',
    )
  const until = from + expiresS * 1000
  const times = { ServerTime: new Date(now).toISOString() }
  if (from > now + 15 * 60_000)
    throw new S3Error('AccessDenied', { message: 'Request is not yet valid', details: times })
  if (now > until)
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      details: { 'X-Amz-Expires': expiresS, Expires: new Date(until).toISOString(), ...times },
    })
  return {
    ...credential,
    date,
    signedHeaders: asked('X-Amz-SignedHeaders').split(';'),
    signature: asked('X-Amz-Signature'),
    payload: request.header('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD',
  }
}

// ---

const missing =
  'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters'

const malformed = (message: string) => new S3Error('AuthorizationQueryParametersError', { message })
