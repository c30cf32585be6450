import { isBucketName } from '../../bucket-name.ts'
import type { Call, Operation } from '../call.ts'
import { empty, isoTime, noContent, owner, xml } from '../message/answer.ts'
import { readXml, textOf } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import { readCannedAcl } from './acl.ts'

/** Answers `GET /`. */
export const listBuckets: Operation = ({ tenant, request }) => {
  const prefix = request.param('prefix') ?? ''
  const after = Buffer.from(request.param('continuation-token') ?? '', 'base64url').toString()
  const most = Number(request.param('max-buckets') ?? 10_000)
  if (!Number.isInteger(most) || most < 1 || most > 10_000)
    throw new S3Error('InvalidArgument', {
      details: { ArgumentName: 'max-buckets', ArgumentValue: most },
    })
  const names = [...tenant.buckets.keys()]
    .filter((name) => name.startsWith(prefix) && name > after)
    .sort()
  const shown = names.slice(0, most)
  const last = shown.length < names.length ? shown.at(-1) : undefined
  return xml('ListAllMyBucketsResult', {
    Owner: owner,
    Buckets: {
      Bucket: shown.map((name) => ({
        Name: name,
        CreationDate: isoTime(tenant.bucket(name).created),
      })),
    },
    Prefix: prefix === '' ? undefined : prefix,
    ContinuationToken: last === undefined ? undefined : Buffer.from(last).toString('base64url'),
  })
}

/** Answers `PUT /<bucket>`. */
export const createBucket: Operation = async ({ tenant, bucketName, request, body, region }) => {
  if (request.header('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true')
    throw new S3Error('NotImplemented', { details: { Header: 'x-amz-bucket-object-lock-enabled' } })
  checkBucketName(bucketName)
  const text = await body.text()
  const wanted =
    text.trim() === ''
      ? undefined
      : textOf(readXml(text, 'CreateBucketConfiguration'), 'LocationConstraint')
  if (wanted !== undefined && wanted !== region)
    throw new S3Error('IllegalLocationConstraintException', {
      message: `The ${wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    })
  const acl = readCannedAcl(request.header('x-amz-acl'))
  const location = { location: `/${bucketName}` }
  if (tenant.buckets.has(bucketName)) {
    // S3 accepts it in us-east-1.
    if (region === 'us-east-1') return empty(location)
    throw new S3Error('BucketAlreadyOwnedByYou', { details: { BucketName: bucketName } })
  }
  tenant.create(bucketName, { acl })
  return empty(location)
}

/** Answers `HEAD /<bucket>`. */
export const headBucket: Operation = (call) => {
  checkExists(call)
  return empty({ 'x-amz-bucket-region': call.region })
}

/** Answers `DELETE /<bucket>`. */
export const deleteBucket: Operation = ({ tenant, bucket }) => {
  if (bucket.keys.size > 0)
    throw new S3Error('BucketNotEmpty', { details: { BucketName: bucket.name } })
  tenant.remove(bucket)
  return noContent()
}

/** Answers `GET /<bucket>?location`; the region us-east-1 is an empty string. */
export const getBucketLocation: Operation = (call) => {
  checkExists(call)
  return xml('LocationConstraint', call.region === 'us-east-1' ? '' : call.region)
}

/** Answers `GET /<bucket>?versioning`. */
export const getBucketVersioning: Operation = ({ bucket }) =>
  xml('VersioningConfiguration', { Status: bucket.settings.versioning })

/** Answers `PUT /<bucket>?versioning`. */
export const putBucketVersioning: Operation = async ({ bucket, body }) => {
  const document = readXml(await body.text(), 'VersioningConfiguration')
  const status = textOf(document, 'Status')
  if (textOf(document, 'MfaDelete') === 'Enabled')
    throw new S3Error('NotImplemented', { message: 'MfaDelete is not implemented' })
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML')
  bucket.change({ versioning: status })
  return empty()
}

// ---

const checkExists = ({ tenant, bucketName }: Call) => void tenant.bucket(bucketName)

const checkBucketName = (name: string) => {
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { details: { BucketName: name } })
}
