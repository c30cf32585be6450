import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import {
  canonicalRequest,
  readAmzDate,
  sameText,
  sign,
  signingKey,
  stringToSign,
} from './canonical.ts'
import { checkSkew } from './check-skew.ts'
import type { Seed } from './chunk-signature.ts'
import { type Claim, invalidDate } from './claim.ts'
import { readPresigned } from './presigned.ts'
import { readSignedHeader } from './signed-header.ts'
import { readVersion2 } from './version-2.ts'

/** What a signature is checked against. */
export interface Keys {
  /** `any` accepts every region. */
  readonly region: string
  /** Returns the secret of an access key; `undefined` if it is unknown. */
  secretOf(accessKeyId: string): string | undefined
  /** Returns milliseconds since 1970. */
  now(): number
}

/** Who sent a request, proven by its signature; `anonymous` if it is not signed. */
export type Identity =
  | { readonly kind: 'anonymous' }
  | {
      readonly kind: 'signed'
      readonly accessKeyId: string
      readonly presigned: boolean
      readonly payload: string
      /** Starts the signatures of chunks and trailers; `undefined` for signature version 2, which has none. */
      readonly seed: Seed | undefined
    }

/** Returns who sent a request. @throws {S3Error} for an invalid signature. */
export const authenticate = (request: S3Request, keys: Keys): Identity => {
  const header = request.headers.get('authorization')
  const inQuery = ['X-Amz-Algorithm', 'AWSAccessKeyId', 'Signature'].some(
    (name) => request.param(name) !== undefined,
  )
  if (header !== undefined && inQuery)
    throw new S3Error('InvalidArgument', {
      message:
        'Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter or the Authorization header should be specified',
      details: { ArgumentName: 'Authorization', ArgumentValue: header },
    })
  const version2 = readVersion2(request, keys)
  if (version2 !== undefined) return { kind: 'signed', seed: undefined, ...version2 }
  if (header === undefined && !inQuery) return { kind: 'anonymous' }
  const claim =
    header === undefined ? readPresigned(request, keys.now()) : readSignedHeader(request, header)
  checkScope(claim, keys.region, header !== undefined)
  if (header !== undefined) {
    const at = readAmzDate(claim.date)
    if (Number.isNaN(at)) throw invalidDate()
    checkSkew(claim.date, at, keys.now())
  }
  checkAllSigned(request, claim)
  const secret = keys.secretOf(claim.accessKeyId)
  if (secret === undefined)
    throw new S3Error('InvalidAccessKeyId', { details: { AWSAccessKeyId: claim.accessKeyId } })
  const key = signingKey(secret, claim.scope)
  const canonical = canonicalRequest(request, claim.signedHeaders, claim.payload)
  const text = stringToSign(claim.date, claim.scope, canonical)
  if (!sameText(sign(key, text), claim.signature))
    throw new S3Error('SignatureDoesNotMatch', {
      details: {
        AWSAccessKeyId: claim.accessKeyId,
        StringToSign: text,
        SignatureProvided: claim.signature,
        CanonicalRequest: canonical,
      },
    })
  return {
    kind: 'signed',
    accessKeyId: claim.accessKeyId,
    presigned: header === undefined,
    payload: claim.payload,
    seed: { key, scope: claim.scope, date: claim.date, signature: claim.signature },
  }
}

// ---

const checkScope = ({ scope, date }: Claim, region: string, inHeader: boolean) => {
  const code = inHeader ? 'AuthorizationHeaderMalformed' : 'AuthorizationQueryParametersError'
  if (region !== 'any' && scope.region !== region)
    throw new S3Error(code, {
      message: `${inHeader ? 'The authorization header is malformed' : 'Error parsing the X-Amz-Credential parameter'}; the region '${scope.region}' is wrong; expecting '${region}'`,
      details: { Region: region },
    })
  if (scope.date !== date.slice(0, 8))
    throw new S3Error(code, {
      message: `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${date}".`,
    })
}

/** `host` and the `x-amz-` headers must be signed, because they change what a request does. */
const checkAllSigned = (request: S3Request, { signedHeaders }: Claim) => {
  const missing = [...request.headers.keys()].filter(
    (name) =>
      (name === 'host' || (name.startsWith('x-amz-') && name !== 'x-amz-content-sha256')) &&
      !signedHeaders.includes(name),
  )
  if (!signedHeaders.includes('host') || missing.length > 0)
    throw new S3Error('AccessDenied', {
      message: 'There were headers present in the request which were not signed',
      details: { HeadersNotSigned: missing.join(', ') },
    })
}
