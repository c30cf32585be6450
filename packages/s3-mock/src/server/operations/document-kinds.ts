import type { XmlContent, XmlNode } from '../message/xml.ts'
import type { S3Code } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { Tenant } from '../store/tenant.ts'
import {
  checkAccelerate,
  checkEncryption,
  checkLifecycle,
  checkLogging,
  checkOwnership,
  checkPublicAccessBlock,
  checkReplication,
  checkRequestPayment,
  checkWebsite,
} from './document-rules.ts'

/** A configuration of a bucket that is kept as a document, and returned as it was sent. */
export interface DocumentKind {
  /** Its root element. */
  readonly root: string
  /** Actions that a policy can allow or deny. */
  readonly actions: { readonly get: `s3:${string}`; readonly put: `s3:${string}` }
  /** What a bucket without one answers: an error, or the content of an empty document. */
  readonly absent: { readonly code: S3Code } | { readonly content: XmlContent }
  readonly canBeDeleted: boolean
  /** Root of the list of a kind of which a bucket can have several, by id. */
  readonly listRoot?: string
  /** Checks a document. @throws {S3Error} for a fault that S3 refuses, too. */
  check?(document: XmlNode, bucket: Bucket, tenant: Tenant): void
}

/** All kinds, by sub-resource. */
export const documentKinds: Readonly<Record<string, DocumentKind>> = {
  accelerate: {
    root: 'AccelerateConfiguration',
    actions: actions('AccelerateConfiguration'),
    absent: { content: '' },
    canBeDeleted: false,
    check: checkAccelerate,
  },
  analytics: several('AnalyticsConfiguration', 'ListBucketAnalyticsConfigurationResult'),
  encryption: {
    root: 'ServerSideEncryptionConfiguration',
    actions: actions('EncryptionConfiguration'),
    absent: {
      content: {
        Rule: {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
          BucketKeyEnabled: false,
        },
      },
    },
    canBeDeleted: true,
    check: checkEncryption,
  },
  'intelligent-tiering': several(
    'IntelligentTieringConfiguration',
    'ListBucketIntelligentTieringConfigurationsOutput',
  ),
  inventory: several('InventoryConfiguration', 'ListInventoryConfigurationsResult'),
  lifecycle: {
    root: 'LifecycleConfiguration',
    actions: actions('LifecycleConfiguration'),
    absent: { code: 'NoSuchLifecycleConfiguration' },
    canBeDeleted: true,
    check: checkLifecycle,
  },
  logging: {
    root: 'BucketLoggingStatus',
    actions: actions('BucketLogging'),
    absent: { content: '' },
    canBeDeleted: false,
    check: checkLogging,
  },
  metrics: several('MetricsConfiguration', 'ListMetricsConfigurationsResult'),
  ownershipControls: {
    root: 'OwnershipControls',
    actions: actions('BucketOwnershipControls'),
    absent: { code: 'OwnershipControlsNotFoundError' },
    canBeDeleted: true,
    check: checkOwnership,
  },
  publicAccessBlock: {
    root: 'PublicAccessBlockConfiguration',
    actions: actions('BucketPublicAccessBlock'),
    absent: { code: 'NoSuchPublicAccessBlockConfiguration' },
    canBeDeleted: true,
    check: checkPublicAccessBlock,
  },
  replication: {
    root: 'ReplicationConfiguration',
    actions: actions('ReplicationConfiguration'),
    absent: { code: 'ReplicationConfigurationNotFoundError' },
    canBeDeleted: true,
    check: checkReplication,
  },
  requestPayment: {
    root: 'RequestPaymentConfiguration',
    actions: actions('BucketRequestPayment'),
    absent: { content: { Payer: 'BucketOwner' } },
    canBeDeleted: false,
    check: checkRequestPayment,
  },
  website: {
    root: 'WebsiteConfiguration',
    actions: actions('BucketWebsite'),
    absent: { code: 'NoSuchWebsiteConfiguration' },
    canBeDeleted: true,
    check: checkWebsite,
  },
}

// ---

function actions(name: string): DocumentKind['actions'] {
  return { get: `s3:Get${name}`, put: `s3:Put${name}` }
}

function several(root: string, listRoot: string): DocumentKind {
  return {
    root,
    listRoot,
    actions: actions(root),
    absent: { code: 'NoSuchConfiguration' },
    canBeDeleted: true,
  }
}
