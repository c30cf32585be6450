import { child, children, textOf, type XmlNode } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { Tenant } from '../store/tenant.ts'

/* What S3 refuses in the configurations of a bucket. All throw an `S3Error`. */

/** Checks an acceleration. */
export const checkAccelerate = (document: XmlNode, { name }: Bucket): void => {
  wordOf(document, 'Status', ['Enabled', 'Suspended'])
  if (name.includes('.'))
    throw new S3Error('InvalidRequest', {
      message:
        'S3 Transfer Acceleration is not supported for buckets with periods (.) in their names',
    })
}

/** Checks a default encryption: one rule, and a key only for KMS. */
export const checkEncryption = (document: XmlNode): void => {
  const rules = children(document, 'Rule')
  const byDefault = child(rules[0], 'ApplyServerSideEncryptionByDefault')
  if (rules.length !== 1 || byDefault === undefined) throw new S3Error('MalformedXML')
  const algorithm = wordOf(byDefault, 'SSEAlgorithm', ['AES256', 'aws:kms', 'aws:kms:dsse'])
  if (algorithm === 'AES256' && textOf(byDefault, 'KMSMasterKeyID') !== undefined)
    throw invalid(
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
    )
}

/** Checks the rules of a lifecycle: ids, statuses, filters, actions, days and dates. */
export const checkLifecycle = (document: XmlNode): void => {
  const rules = children(document, 'Rule')
  if (rules.length === 0 || rules.length > 1000) throw new S3Error('MalformedXML')
  const ids = rules.flatMap((rule) => textOf(rule, 'ID') ?? [])
  if (ids.some((id) => id.length > 255))
    throw invalid('ID length should not exceed allowed limit of 255')
  const twice = ids.find((id, at) => ids.indexOf(id) !== at)
  if (twice !== undefined)
    throw invalid(`Rule ID must be unique. Found same ID for more than one rule: ${twice}`)
  for (const rule of rules) {
    wordOf(rule, 'Status', ['Enabled', 'Disabled'])
    if (child(rule, 'Filter') === undefined && child(rule, 'Prefix') === undefined)
      throw new S3Error('MalformedXML')
    const actions = lifecycleActions.flatMap((name) => children(rule, name))
    if (actions.length === 0) throw invalid('At least one action needs to be specified in a rule')
    for (const action of actions) checkTimes(action)
  }
}

/** Checks where access logs go: to a bucket that exists. */
export const checkLogging = (document: XmlNode, _: Bucket, { buckets }: Tenant): void => {
  const enabled = child(document, 'LoggingEnabled')
  if (enabled === undefined) return
  const target = textOf(enabled, 'TargetBucket')?.trim()
  if (target === undefined || child(enabled, 'TargetPrefix') === undefined)
    throw new S3Error('MalformedXML')
  if (!buckets.has(target))
    throw new S3Error('InvalidTargetBucketForLogging', { details: { TargetBucket: target } })
}

/** Checks who owns the objects of a bucket; a bucket with grants to others cannot be without ACLs. */
export const checkOwnership = (document: XmlNode, bucket: Bucket): void => {
  const [rule, second] = children(document, 'Rule')
  const wanted = wordOf(rule, 'ObjectOwnership', objectOwnerships)
  if (second !== undefined) throw new S3Error('MalformedXML')
  const { acl } = bucket.settings
  if (
    wanted === 'BucketOwnerEnforced' &&
    acl.grants.some(({ grantee }) => grantee !== bucket.settings.owner)
  )
    throw new S3Error('InvalidBucketAclWithObjectOwnership')
}

/** Checks the four switches of a public access block. */
export const checkPublicAccessBlock = (document: XmlNode): void => {
  if (typeof document === 'string') {
    if (document.trim() === '') return
    throw new S3Error('MalformedXML')
  }
  for (const name of Object.keys(document)) {
    const known = (publicAccessSwitches as readonly string[]).includes(name)
    if (!known || !/^\s*(true|false)\s*$/i.test(textOf(document, name) ?? ''))
      throw new S3Error('MalformedXML')
  }
}

/** Checks a replication, which needs versions. */
export const checkReplication = (document: XmlNode, { settings }: Bucket): void => {
  const rules = children(document, 'Rule')
  if (textOf(document, 'Role') === undefined || rules.length === 0 || rules.length > 1000)
    throw new S3Error('MalformedXML')
  for (const rule of rules) {
    wordOf(rule, 'Status', ['Enabled', 'Disabled'])
    if (textOf(child(rule, 'Destination'), 'Bucket') === undefined)
      throw new S3Error('MalformedXML')
  }
  if (settings.versioning !== 'Enabled')
    throw new S3Error('InvalidRequest', {
      message: "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    })
}

/** Checks who pays. */
export const checkRequestPayment = (document: XmlNode): void =>
  void wordOf(document, 'Payer', ['BucketOwner', 'Requester'])

/** Checks a website: a redirection of everything, or an index document. */
export const checkWebsite = (document: XmlNode): void => {
  const all = child(document, 'RedirectAllRequestsTo')
  if (all !== undefined) {
    if (textOf(all, 'HostName') === undefined) throw new S3Error('MalformedXML')
    if (child(document, 'IndexDocument') !== undefined) throw new S3Error('MalformedXML')
    return
  }
  const suffix = textOf(child(document, 'IndexDocument'), 'Suffix')
  if (suffix === undefined)
    throw invalid(
      'A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
    )
  if (suffix === '' || suffix.includes('/'))
    throw invalid('The IndexDocument Suffix is not well formed')
  const error = child(document, 'ErrorDocument')
  if (error !== undefined && (textOf(error, 'Key') ?? '') === '') throw new S3Error('MalformedXML')
}

/** Who can own the objects of a bucket. */
export const objectOwnerships = [
  'BucketOwnerEnforced',
  'BucketOwnerPreferred',
  'ObjectWriter',
] as const

/** Switches of a public access block. */
export const publicAccessSwitches = [
  'BlockPublicAcls',
  'IgnorePublicAcls',
  'BlockPublicPolicy',
  'RestrictPublicBuckets',
] as const

// ---

const lifecycleActions = [
  'Expiration',
  'Transition',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransition',
  'AbortIncompleteMultipartUpload',
]

const checkTimes = (action: XmlNode): void => {
  for (const name of ['Days', 'NoncurrentDays', 'DaysAfterInitiation', 'NewerNoncurrentVersions']) {
    const text = textOf(action, name)?.trim()
    if (text === undefined) continue
    if (!/^-?\d+$/.test(text)) throw new S3Error('MalformedXML')
    // A transition can be on the first day.
    const isTransition = child(action, 'StorageClass') !== undefined
    if (Number(text) < (isTransition ? 0 : 1))
      throw invalid(`'${name}' for an action of a lifecycle must be a positive integer`)
  }
  const date = textOf(action, 'Date')?.trim()
  if (date === undefined) return
  const at = Date.parse(date)
  if (Number.isNaN(at)) throw new S3Error('MalformedXML')
  if (at % 86_400_000 !== 0) throw invalid("'Date' must be at midnight GMT")
}

/** Returns a child's text, which must be one of some words. */
const wordOf = <T extends string>(
  node: XmlNode | undefined,
  name: string,
  words: readonly T[],
): T => {
  const text = textOf(node, name)?.trim()
  const found = words.find((word) => word === text)
  if (found === undefined || children(node, name).length > 1) throw new S3Error('MalformedXML')
  return found
}

const invalid = (message: string) => new S3Error('InvalidArgument', { message })
