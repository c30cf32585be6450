import { createHmac } from 'node:crypto'
import { fromHeader, type S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import type { Keys } from './authenticate.ts'
import { readAmzDate, sameText } from './canonical.ts'
import { checkSkew } from './check-skew.ts'
import { invalidDate, unsupportedMechanism } from './claim.ts'

/* Signature version 2: SDKs of several languages still presign with it. @see S3 documentation, «Signing and authenticating REST requests». */

/** Regions that are older than signature version 4. Later ones refuse version 2. */
const regions = new Set([
  'us-east-1',
  'us-west-1',
  'us-west-2',
  'us-gov-west-1',
  'eu-west-1',
  'ap-northeast-1',
  'ap-southeast-1',
  'ap-southeast-2',
  'sa-east-1',
])

/** Parameters that are part of what is signed. */
const signedParameters = new Set([
  ...['accelerate', 'acl', 'analytics', 'cors', 'defaultObjectAcl', 'delete', 'inventory'],
  ...['lifecycle', 'location', 'logging', 'metrics', 'notification', 'object-lock', 'partNumber'],
  ...['policy', 'replication', 'requestPayment', 'restore', 'select', 'select-type'],
  ...['storageClass', 'tagging', 'torrent', 'uploadId', 'uploads', 'versionId', 'versioning'],
  ...['versions', 'website', 'response-cache-control', 'response-content-disposition'],
  ...['response-content-encoding', 'response-content-language', 'response-content-type'],
  'response-expires',
])

/** Checks that a region accepts signature version 2. @throws {S3Error} `InvalidRequest`. */
export const checkVersion2 = ({ region }: Pick<Keys, 'region'>): void => {
  if (region !== 'any' && !regions.has(region)) throw unsupportedMechanism()
}

/** Returns a signature of version 2, base64. */
export const signVersion2 = (secret: string, text: string): string =>
  createHmac('sha1', secret).update(text).digest('base64')

/**
 * Returns who signed a request with version 2; `undefined` if it has no such signature.
 *
 * @throws {S3Error} for an invalid signature, or one that has expired.
 */
export const readVersion2 = (
  request: S3Request,
  keys: Keys,
):
  | { readonly accessKeyId: string; readonly presigned: boolean; readonly payload: string }
  | undefined => {
  const claim = readHeader(request, keys) ?? readQuery(request, keys)
  if (claim === undefined) return undefined
  checkVersion2(keys)
  const { accessKeyId, signature, date, presigned } = claim
  const secret = keys.secretOf(accessKeyId)
  if (secret === undefined)
    throw new S3Error('InvalidAccessKeyId', { details: { AWSAccessKeyId: accessKeyId } })
  const texts = resourcesOf(request).map((resource) => textToSign(request, date, resource))
  if (!texts.some((text) => sameText(signVersion2(secret, text), signature)))
    throw new S3Error('SignatureDoesNotMatch', {
      details: {
        AWSAccessKeyId: accessKeyId,
        StringToSign: texts[0] ?? '',
        SignatureProvided: signature,
      },
    })
  const payload = request.headers.get('x-amz-content-sha256') ?? 'UNSIGNED-PAYLOAD'
  return { accessKeyId, presigned, payload }
}

// ---

interface Claim2 {
  readonly accessKeyId: string
  readonly signature: string
  /** Its line in the text that is signed. */
  readonly date: string
  readonly presigned: boolean
}

const readHeader = (request: S3Request, keys: Keys): Claim2 | undefined => {
  const header = request.headers.get('authorization')
  if (header === undefined || !/^AWS(\s|$)/.test(header)) return undefined
  const [, accessKeyId, signature] = /^AWS\s+(.+):([^:]+)$/.exec(header) ?? []
  if (accessKeyId === undefined || signature === undefined)
    throw new S3Error('InvalidArgument', {
      message: 'AWS authorization header is invalid. Expected AwsAccessKeyId:signature',
      details: { ArgumentName: 'Authorization', ArgumentValue: header },
    })
  const amzDate = request.headers.get('x-amz-date')
  const date = amzDate ?? request.headers.get('date') ?? ''
  const at = readAmzDate(date)
  const ms = Number.isNaN(at) ? Date.parse(date) : at
  if (Number.isNaN(ms) || ms < 0) throw invalidDate()
  checkSkew(date, ms, keys.now())
  return { accessKeyId, signature, date: amzDate === undefined ? date : '', presigned: false }
}

const readQuery = (request: S3Request, keys: Keys): Claim2 | undefined => {
  const [accessKeyId, signature, expires] = ['AWSAccessKeyId', 'Signature', 'Expires'].map(
    request.param,
  )
  if (accessKeyId === undefined && signature === undefined) return undefined
  if (accessKeyId === undefined || signature === undefined || expires === undefined)
    throw new S3Error('AccessDenied', {
      message:
        'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    })
  if (!/^\d{1,12}$/.test(expires))
    throw new S3Error('AccessDenied', {
      message: `Invalid date (should be seconds since epoch): ${expires}`,
    })
  const until = Number(expires) * 1000
  if (keys.now() > until)
    throw new S3Error('AccessDenied', {
      message: 'Request has expired',
      details: {
        Expires: new Date(until).toISOString(),
        ServerTime: new Date(keys.now()).toISOString(),
      },
    })
  return { accessKeyId, signature, date: expires, presigned: true }
}

const textToSign = (request: S3Request, date: string, resource: string): string => {
  // SDKs move headers into the query of a presigned URL, in lower case or not.
  const inQuery = (name: string) =>
    request.query.find(([found]) => found.toLowerCase() === name)?.[1]
  const standard = ['content-md5', 'content-type'].map(
    (name) => request.headers.get(name) ?? inQuery(name) ?? '',
  )
  const own = new Set(
    [...request.headers.keys(), ...request.query.map(([name]) => name.toLowerCase())].filter(
      (name) => name.startsWith('x-amz-'),
    ),
  )
  const headers = [...own].sort().map((name) => {
    const header = request.headers.get(name)
    return `${name}:${header === undefined ? inQuery(name) : fromHeader(header)}\n`
  })
  return [request.method, ...standard, date, `${headers.join('')}${resource}`].join('\n')
}

/** Returns what a request addresses, as clients sign it: with or without the slash after a bucket. */
const resourcesOf = (request: S3Request): readonly string[] => {
  const { rawPath, virtualHost, bucket, key } = request
  const path = virtualHost ? `/${bucket}${rawPath}` : rawPath
  const bare = path.replace(/\/$/, '')
  const paths = key === undefined && bucket !== undefined ? [`${bare}/`, bare] : [path]
  const signed = request.rawQuery
    .split('&')
    .map((pair, at) => ({ name: pair.split('=', 1)[0] ?? '', valued: pair.includes('='), at }))
    .filter(({ name }) => signedParameters.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.at - b.at))
    .map(({ name, valued }) => (valued ? `${name}=${request.param(name)}` : name))
  const query = signed.length === 0 ? '' : `?${signed.join('&')}`
  return paths.map((one) => `${one}${query}`)
}
