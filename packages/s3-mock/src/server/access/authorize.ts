import type { Identity } from '../auth/authenticate.ts'
import { fromHeader, type S3Request } from '../message/request.ts'
import { child, readXml, textOf } from '../message/xml.ts'
import { readTagHeader } from '../operations/tags.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { BucketSettings, Permission, StoredObject } from '../store/model.ts'
import type { Account } from './account.ts'
import { allUsers, authenticatedUsers } from './acl.ts'
import { isPublicPolicy, verdictOf } from './bucket-policy.ts'
import type { ContextOf } from './conditions.ts'

/** Who asks for what. */
export interface Ask {
  readonly request: S3Request
  readonly identity: Identity
  /** `undefined` without a signature. */
  readonly account: Account | undefined
  /** `s3:GetObject`; for a version of an object `s3:GetObjectVersion`. */
  readonly action: string
  readonly bucket: Bucket
  readonly key?: string | undefined
  readonly versionId?: string | undefined
  /** Prefix of what is listed, if it is not that of the request. */
  readonly prefix?: string | undefined
}

/**
 * Checks that the owner, the policy of the bucket or an ACL allows a request, and that the policy does not deny it.
 *
 * @throws {S3Error} `AccessDenied`.
 */
export const authorize = (ask: Ask): void => {
  if (!isAllowed(ask)) throw new S3Error('AccessDenied')
}

/** Returns whether a public access block of the bucket has a switch on. */
export const blocks = (
  { documents }: BucketSettings,
  name: 'BlockPublicAcls' | 'IgnorePublicAcls' | 'BlockPublicPolicy' | 'RestrictPublicBuckets',
): boolean => {
  const document = documents.publicAccessBlock
  return (
    document !== undefined &&
    textOf(readXml(document, 'PublicAccessBlockConfiguration'), name)?.trim().toLowerCase() ===
      'true'
  )
}

/** Returns who owns objects that others write into a bucket; `ObjectWriter` by default. */
export const ownershipOf = ({ documents }: BucketSettings): string => {
  const document = documents.ownershipControls
  if (document === undefined) return 'ObjectWriter'
  const rule = child(readXml(document, 'OwnershipControls'), 'Rule')
  return textOf(rule, 'ObjectOwnership')?.trim() ?? 'ObjectWriter'
}

// ---

/** Permissions of ACLs that allow an action. The ACL of a bucket is also for its objects' names and for writes. */
const bucketPermissions: Readonly<Record<string, Permission>> = {
  's3:ListBucket': 'READ',
  's3:ListBucketVersions': 'READ',
  's3:ListBucketMultipartUploads': 'READ',
  's3:PutObject': 'WRITE',
  's3:DeleteObject': 'WRITE',
  's3:GetBucketAcl': 'READ_ACP',
  's3:PutBucketAcl': 'WRITE_ACP',
}
const objectPermissions: Readonly<Record<string, Permission>> = {
  's3:GetObject': 'READ',
  's3:GetObjectVersion': 'READ',
  's3:GetObjectAttributes': 'READ',
  's3:GetObjectVersionAttributes': 'READ',
  's3:GetObjectAcl': 'READ_ACP',
  's3:GetObjectVersionAcl': 'READ_ACP',
  's3:PutObjectAcl': 'WRITE_ACP',
  's3:PutObjectVersionAcl': 'WRITE_ACP',
}

/** The owner of a bucket can always change its policy, also one that denies everything. */
const alwaysOfOwner = new Set(['s3:GetBucketPolicy', 's3:PutBucketPolicy', 's3:DeleteBucketPolicy'])

/** Who began a multipart upload can list its parts and end it. */
const ofInitiator = new Set(['s3:AbortMultipartUpload', 's3:ListMultipartUploadParts'])

const hasBegun = ({ request, bucket, account }: Ask): boolean =>
  account !== undefined &&
  bucket.uploads.get(request.param('uploadId') ?? '')?.initiator === account.id

const isAllowed = (ask: Ask): boolean => {
  const { action, bucket, account } = ask
  const { settings } = bucket
  const isOwner = account?.id === settings.owner
  if (isOwner && alwaysOfOwner.has(action)) return true
  const verdict = policyVerdict(ask)
  if (verdict === 'Deny') return false
  if (ofInitiator.has(action) && hasBegun(ask)) return true
  const ofObject = objectPermissions[action]
  const object = ofObject === undefined ? undefined : objectOf(ask)
  // Whether an object exists is for those to know who can list the bucket.
  if (ofObject !== undefined && object === undefined)
    return (
      isOwner || isAllowed({ ...ask, action: 's3:ListBucket', key: undefined, prefix: ask.key })
    )
  const enforced = ownershipOf(settings) === 'BucketOwnerEnforced'
  if (isOwner && (object === undefined || enforced || object.acl.owner === account?.id)) return true
  if (verdict === 'Allow') return true
  if (enforced) return false
  const acl = object === undefined ? settings.acl : object.acl
  const permission = ofObject ?? bucketPermissions[action]
  if (permission === undefined) return false
  if (account !== undefined && acl.owner === account.id && permission.endsWith('_ACP')) return true
  const ignoresPublic = blocks(settings, 'IgnorePublicAcls')
  return acl.grants.some(
    (grant) =>
      (grant.permission === permission || grant.permission === 'FULL_CONTROL') &&
      (grant.grantee === account?.id ||
        (!ignoresPublic &&
          (grant.grantee === allUsers ||
            (grant.grantee === authenticatedUsers && account !== undefined)))),
  )
}

const policyVerdict = (ask: Ask): 'Allow' | 'Deny' | undefined => {
  const { action, bucket, account, key } = ask
  const { policy, owner } = bucket.settings
  if (policy === undefined) return undefined
  const verdict = verdictOf(policy, {
    action,
    resource: key === undefined ? bucket.name : `${bucket.name}/${key}`,
    account,
    context: contextOf(ask),
  })
  const restricted =
    verdict === 'Allow' &&
    account?.id !== owner &&
    blocks(bucket.settings, 'RestrictPublicBuckets') &&
    isPublicPolicy(policy)
  return restricted ? undefined : verdict
}

const objectOf = ({ bucket, key, versionId }: Ask): StoredObject | undefined => {
  const version = bucket
    .versions(key ?? '')
    .find((one) => versionId === undefined || one.versionId === versionId)
  return version === undefined || version.deleted ? undefined : version
}

const contextOf =
  (ask: Ask): ContextOf =>
  (given) => {
    const value = contextValue(given, ask)
    return value === undefined ? undefined : [value]
  }

const contextValue = (given: string, ask: Ask): string | undefined => {
  const { request, account, identity } = ask
  const key = given.toLowerCase()
  const tagName = given.slice(given.indexOf('/') + 1)
  if (key.startsWith('s3:existingobjecttag/')) return objectOf(ask)?.tags[tagName]
  if (key.startsWith('s3:requestobjecttag/'))
    return readTagHeader(request.header('x-amz-tagging'))[tagName]
  if (key.startsWith('s3:x-amz-')) {
    const header = request.header(key.slice('s3:'.length))
    return header === undefined ? undefined : fromHeader(header).replace(copySource(key), '')
  }
  switch (key) {
    case 'aws:currenttime':
      return new Date().toISOString()
    case 'aws:epochtime':
      return String(Math.floor(Date.now() / 1000))
    case 'aws:principalaccount':
      return account?.number
    case 'aws:principalarn':
      return account === undefined ? undefined : `arn:aws:iam::${account.number}:root`
    case 'aws:principaltype':
      return account === undefined ? 'Anonymous' : 'Account'
    case 'aws:referer':
      return request.headers.get('referer')
    case 'aws:useragent':
      return request.headers.get('user-agent')
    // Policies of production deny what does not use TLS, and the requests of tests do not.
    case 'aws:securetransport':
      return 'true'
    case 'aws:sourceip':
      return request.raw.socket.remoteAddress?.replace(/^::ffff:/, '')
    case 's3:authtype':
      if (identity.kind === 'anonymous') return undefined
      return identity.presigned ? 'REST-QUERY-STRING' : 'REST-HEADER'
    case 's3:signatureversion':
      if (identity.kind === 'anonymous') return undefined
      return identity.seed === undefined ? 'AWS' : 'AWS4-HMAC-SHA256'
    case 's3:versionid':
      return request.param('versionId')
    case 's3:prefix':
      return ask.prefix ?? request.param('prefix')
    case 's3:delimiter':
    case 's3:max-keys':
      return request.param(key.slice('s3:'.length))
    default:
      return undefined
  }
}

/** A copy source can start with a slash, and policies name it without. */
const copySource = (key: string): RegExp => (key === 's3:x-amz-copy-source' ? /^\// : /^$/)
