import { isBucketName } from '../../bucket-name.ts'
import { ownerElement } from '../access/account.ts'
import { aclOfHeaders } from '../access/acl.ts'
import type { Call, Operation } from '../call.ts'
import { empty, isoTime, noContent, xml } from '../message/answer.ts'
import { readXml, textOf } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import { objectOwnerships } from './document-rules.ts'
import { noRule } from './object-lock.ts'

/** Answers `GET /`. */
export const listBuckets: Operation = ({ tenant, account, request }) => {
  const prefix = request.param('prefix') ?? ''
  const after = Buffer.from(request.param('continuation-token') ?? '', 'base64url').toString()
  const most = Number(request.param('max-buckets') ?? 10_000)
  if (!Number.isInteger(most) || most < 1 || most > 10_000)
    throw new S3Error('InvalidArgument', {
      details: { ArgumentName: 'max-buckets', ArgumentValue: most },
    })
  const owner = account?.id ?? ''
  const names = [...tenant.buckets.values()]
    .filter(({ settings }) => settings.owner === owner)
    .map(({ name }) => name)
    .filter((name) => name.startsWith(prefix) && name > after)
    .sort()
  const shown = names.slice(0, most)
  const last = shown.length < names.length ? shown.at(-1) : undefined
  return xml('ListAllMyBucketsResult', {
    Owner: ownerElement(tenant.accounts, owner),
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
export const createBucket: Operation = async (call) => {
  const { tenant, account, bucketName, request, body, region } = call
  const locks = request.header('x-amz-bucket-object-lock-enabled')?.toLowerCase() === 'true'
  checkBucketName(bucketName)
  const text = await body.text()
  const wanted =
    text.trim() === ''
      ? undefined
      : textOf(readXml(text, 'CreateBucketConfiguration'), 'LocationConstraint')
  if (wanted !== undefined && wanted !== '') checkLocation(wanted, region)
  const owner = account?.id ?? ''
  const ownership = readOwnership(request.header('x-amz-object-ownership'))
  const acl = aclOfHeaders(request.header, {
    owner,
    bucketOwner: owner,
    ownership: ownership ?? 'ObjectWriter',
    blocksPublic: false,
    accounts: tenant.accounts,
  })
  const headers = { location: `/${bucketName}` }
  const existing = tenant.buckets.get(bucketName)
  if (existing !== undefined) {
    if (existing.settings.owner !== owner)
      throw new S3Error('BucketAlreadyExists', { details: { BucketName: bucketName } })
    // S3 accepts it in us-east-1, and sets the ACL again.
    if (region !== 'us-east-1')
      throw new S3Error('BucketAlreadyOwnedByYou', { details: { BucketName: bucketName } })
    existing.change({ acl })
    return empty(headers)
  }
  tenant.create(bucketName, {
    owner,
    acl,
    location: wanted === '' ? undefined : wanted,
    // Object lock is about versions.
    ...(locks ? { versioning: 'Enabled' as const, objectLock: noRule } : {}),
    documents: ownership === undefined ? {} : { ownershipControls: ownershipDocument(ownership) },
  })
  return empty(headers)
}

/** Answers `HEAD /<bucket>`. */
export const headBucket: Operation = (call) => {
  return empty({ 'x-amz-bucket-region': locationOf(call) })
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
  const location = locationOf(call)
  return xml('LocationConstraint', location === 'us-east-1' ? '' : location)
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
  if (status === 'Suspended' && bucket.settings.objectLock !== undefined)
    throw new S3Error('InvalidBucketState', {
      message:
        'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    })
  bucket.change({ versioning: status })
  return empty()
}

// ---

const locationOf = ({ bucket, region }: Call): string => {
  const location = bucket.settings.location ?? region
  // Its name from the time when there was one region in Europe.
  return location === 'EU' ? 'eu-west-1' : location
}

/** The endpoint of us-east-1 creates buckets in all regions, others only in their own. */
const checkLocation = (wanted: string, region: string): void => {
  const isRegion = wanted === 'EU' || /^[a-z]{2}(-gov|-iso[a-z]?)?-[a-z]+-\d{1,2}$/.test(wanted)
  if (!isRegion || wanted === 'us-east-1')
    throw new S3Error('InvalidLocationConstraint', { details: { LocationConstraint: wanted } })
  if (region !== 'us-east-1' && wanted !== region && !(wanted === 'EU' && region === 'eu-west-1'))
    throw new S3Error('IllegalLocationConstraintException', {
      message: `The ${wanted} location constraint is incompatible for the region specific endpoint this request was sent to.`,
    })
}

const readOwnership = (text: string | undefined): string | undefined => {
  const found = objectOwnerships.find((one) => one === text)
  if (text !== undefined && found === undefined)
    throw new S3Error('InvalidArgument', {
      message: `Invalid x-amz-object-ownership header: ${text}`,
      details: { ArgumentName: 'x-amz-object-ownership', ArgumentValue: text },
    })
  return found
}

const ownershipDocument = (ownership: string): string =>
  `<OwnershipControls xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ObjectOwnership>${ownership}</ObjectOwnership></Rule></OwnershipControls>`

const checkBucketName = (name: string) => {
  if (!isBucketName(name)) throw new S3Error('InvalidBucketName', { details: { BucketName: name } })
}
