import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import { algorithm } from './canonical.ts'
import { type Claim, invalidDate, readCredential, unsupportedMechanism } from './claim.ts'

/** Returns the signature of an `Authorization` header. @throws {S3Error} `AuthorizationHeaderMalformed`, `InvalidRequest`. */
export const readSignedHeader = (request: S3Request, header: string): Claim => {
  const [mechanism, ...rest] = header.split(' ')
  if (mechanism !== algorithm) throw unsupportedMechanism()
  const fields = new Map(
    rest
      .join(' ')
      .split(',')
      .map((field) => field.trim().split('='))
      .map(([name = '', ...value]) => [name, value.join('=')]),
  )
  const credential = readCredential(fields.get('Credential') ?? '')
  const signedHeaders = fields.get('SignedHeaders')?.split(';')
  const signature = fields.get('Signature')
  if (credential === undefined || signedHeaders === undefined || signature === undefined)
    throw new S3Error('AuthorizationHeaderMalformed', {
      message:
        'The authorization header is malformed; Credential, SignedHeaders and Signature are needed.',
    })
  const payload = request.headers.get('x-amz-content-sha256')
  if (payload === undefined)
    throw new S3Error('InvalidRequest', {
      message: 'Missing required header for this request: x-amz-content-sha256',
    })
  const date = request.headers.get('x-amz-date') ?? amzDate(request.headers.get('date'))
  return { ...credential, signedHeaders, signature, date, payload }
}

// ---

const amzDate = (text: string | undefined): string => {
  const ms = Date.parse(text ?? '')
  if (Number.isNaN(ms)) throw invalidDate()
  return new Date(ms).toISOString().replace(/[-:]|\.\d+/g, '')
}
