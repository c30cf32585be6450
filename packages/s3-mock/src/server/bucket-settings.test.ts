import {
  CreateBucketCommand,
  DeleteBucketEncryptionCommand,
  DeleteBucketLifecycleCommand,
  DeleteBucketMetricsConfigurationCommand,
  DeleteBucketPolicyCommand,
  DeleteBucketReplicationCommand,
  DeleteBucketWebsiteCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAccelerateConfigurationCommand,
  GetBucketAnalyticsConfigurationCommand,
  GetBucketEncryptionCommand,
  GetBucketIntelligentTieringConfigurationCommand,
  GetBucketInventoryConfigurationCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketLoggingCommand,
  GetBucketMetricsConfigurationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetBucketReplicationCommand,
  GetBucketRequestPaymentCommand,
  GetBucketWebsiteCommand,
  GetPublicAccessBlockCommand,
  type LifecycleRule,
  ListBucketMetricsConfigurationsCommand,
  PutBucketAccelerateConfigurationCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketLoggingCommand,
  PutBucketMetricsConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
  PutBucketReplicationCommand,
  PutBucketRequestPaymentCommand,
  PutBucketVersioningCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusal, startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
let s3: ReturnType<TestServer['client']>
const Bucket = 'bucket'
const encryptedByDefault = {
  ServerSideEncryptionConfiguration: {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' },
        BucketKeyEnabled: false,
      },
    ],
  },
}
beforeAll(async () => {
  server = await startTestServer({ buckets: ['bucket', 'logs', 'empty', 'kept', 'with.dot'] })
  s3 = server.client()
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

test('a bucket without configurations answers with the codes and defaults of S3', async () => {
  const of = { Bucket: 'empty' }
  const byId = { ...of, Id: 'x' }
  const refusals = await Promise.all(
    [
      s3.send(new GetBucketPolicyCommand(of)),
      s3.send(new GetBucketPolicyStatusCommand(of)),
      s3.send(new GetBucketLifecycleConfigurationCommand(of)),
      s3.send(new GetPublicAccessBlockCommand(of)),
      s3.send(new GetBucketOwnershipControlsCommand(of)),
      s3.send(new GetBucketWebsiteCommand(of)),
      s3.send(new GetBucketReplicationCommand(of)),
      s3.send(new GetBucketAnalyticsConfigurationCommand(byId)),
      s3.send(new GetBucketInventoryConfigurationCommand(byId)),
      s3.send(new GetBucketMetricsConfigurationCommand(byId)),
      s3.send(new GetBucketIntelligentTieringConfigurationCommand(byId)),
    ].map(refusal),
  )
  expect(refusals).toEqual([
    '404 NoSuchBucketPolicy',
    '404 NoSuchBucketPolicy',
    '404 NoSuchLifecycleConfiguration',
    '404 NoSuchPublicAccessBlockConfiguration',
    '404 OwnershipControlsNotFoundError',
    '404 NoSuchWebsiteConfiguration',
    '404 ReplicationConfigurationNotFoundError',
    ...Array.from({ length: 4 }, () => '404 NoSuchConfiguration'),
  ])
  expect(await s3.send(new GetBucketEncryptionCommand(of))).toMatchObject(encryptedByDefault)
  expect((await s3.send(new GetBucketLoggingCommand(of))).LoggingEnabled).toBeUndefined()
  expect((await s3.send(new GetBucketAccelerateConfigurationCommand(of))).Status).toBeUndefined()
  expect((await s3.send(new GetBucketRequestPaymentCommand(of))).Payer).toBe('BucketOwner')
  const none = await s3.send(new ListBucketMetricsConfigurationsCommand(of))
  expect(none).toMatchObject({ IsTruncated: false })
  expect(none.MetricsConfigurationList).toBeUndefined()
})

const rule: LifecycleRule = {
  ID: 'old <logs> & "more"',
  Status: 'Enabled',
  Filter: { And: { Prefix: 'ü/', Tags: [{ Key: 'a', Value: 'b' }], ObjectSizeGreaterThan: 5 } },
  Expiration: { Days: 3 },
  AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
}

test('configurations are returned as they were sent, and outlive a restart', async () => {
  const of = { Bucket: 'kept' }
  const LifecycleConfiguration = { Rules: [rule] }
  const ServerSideEncryptionConfiguration = {
    Rules: [
      {
        ApplyServerSideEncryptionByDefault: {
          SSEAlgorithm: 'aws:kms' as const,
          KMSMasterKeyID: 'key-1',
        },
        BucketKeyEnabled: true,
      },
    ],
  }
  const WebsiteConfiguration = {
    IndexDocument: { Suffix: 'index.html' },
    ErrorDocument: { Key: 'error.html' },
  }
  const LoggingEnabled = {
    TargetBucket: 'logs',
    TargetPrefix: 'of-kept/',
    TargetGrants: [
      {
        Grantee: {
          Type: 'Group' as const,
          URI: 'http://acs.amazonaws.com/groups/global/AllUsers',
        },
        Permission: 'READ' as const,
      },
    ],
  }
  const metrics = (Id: string) => ({ Id, Filter: { Prefix: `${Id}/` } })
  await s3.send(new PutBucketLifecycleConfigurationCommand({ ...of, LifecycleConfiguration }))
  await s3.send(new PutBucketEncryptionCommand({ ...of, ServerSideEncryptionConfiguration }))
  await s3.send(new PutBucketWebsiteCommand({ ...of, WebsiteConfiguration }))
  await s3.send(new PutBucketLoggingCommand({ ...of, BucketLoggingStatus: { LoggingEnabled } }))
  await s3.send(
    new PutBucketRequestPaymentCommand({
      ...of,
      RequestPaymentConfiguration: { Payer: 'Requester' },
    }),
  )
  await s3.send(
    new PutBucketAccelerateConfigurationCommand({
      ...of,
      AccelerateConfiguration: { Status: 'Enabled' },
    }),
  )
  for (const Id of ['two', 'one'])
    await s3.send(
      new PutBucketMetricsConfigurationCommand({ ...of, Id, MetricsConfiguration: metrics(Id) }),
    )
  await server.restart()
  s3 = server.client()

  expect((await s3.send(new GetBucketLifecycleConfigurationCommand(of))).Rules).toEqual([rule])
  expect(
    (await s3.send(new GetBucketEncryptionCommand(of))).ServerSideEncryptionConfiguration,
  ).toEqual(ServerSideEncryptionConfiguration)
  expect(await s3.send(new GetBucketWebsiteCommand(of))).toMatchObject(WebsiteConfiguration)
  expect((await s3.send(new GetBucketLoggingCommand(of))).LoggingEnabled).toEqual(LoggingEnabled)
  expect((await s3.send(new GetBucketRequestPaymentCommand(of))).Payer).toBe('Requester')
  expect((await s3.send(new GetBucketAccelerateConfigurationCommand(of))).Status).toBe('Enabled')
  expect(
    (await s3.send(new ListBucketMetricsConfigurationsCommand(of))).MetricsConfigurationList,
  ).toEqual([metrics('one'), metrics('two')])
  const found = await s3.send(new GetBucketMetricsConfigurationCommand({ ...of, Id: 'two' }))
  expect(found.MetricsConfiguration).toEqual(metrics('two'))

  await s3.send(new DeleteBucketMetricsConfigurationCommand({ ...of, Id: 'two' }))
  await s3.send(new DeleteBucketLifecycleCommand(of))
  await s3.send(new DeleteBucketEncryptionCommand(of))
  await s3.send(new DeleteBucketWebsiteCommand(of))
  // Deleting what is not set is accepted, too.
  for (let count = 0; count < 2; count += 1) {
    await s3.send(new DeleteBucketReplicationCommand(of))
    await s3.send(new DeletePublicAccessBlockCommand(of))
    await s3.send(new DeleteBucketPolicyCommand(of))
  }
  expect(await refusal(s3.send(new GetBucketLifecycleConfigurationCommand(of)))).toBe(
    '404 NoSuchLifecycleConfiguration',
  )
  expect(await s3.send(new GetBucketEncryptionCommand(of))).toMatchObject(encryptedByDefault)
  expect(
    (await s3.send(new ListBucketMetricsConfigurationsCommand(of))).MetricsConfigurationList,
  ).toEqual([metrics('one')])
})

test('a reset removes the configurations of the declared buckets', async () => {
  const of = { Bucket: 'logs' }
  await s3.send(
    new PutBucketLifecycleConfigurationCommand({
      ...of,
      LifecycleConfiguration: { Rules: [rule] },
    }),
  )
  await fetch(`${server.url}/_mesocosm/keys/test-key`, { method: 'POST' })
  expect(await refusal(s3.send(new GetBucketLifecycleConfigurationCommand(of)))).toBe(
    '404 NoSuchLifecycleConfiguration',
  )
})

test('configurations that S3 refuses are refused', async () => {
  const lifecycle = (...Rules: LifecycleRule[]) =>
    s3.send(
      new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration: { Rules } }),
    )
  expect(await refusal(lifecycle({ ...rule, Status: 'on' as 'Enabled' }))).toBe('400 MalformedXML')
  expect(await refusal(lifecycle(rule, rule))).toBe('400 InvalidArgument')
  expect(await refusal(lifecycle({ ...rule, ID: 'x'.repeat(256) }))).toBe('400 InvalidArgument')
  expect(await refusal(lifecycle({ ...rule, Expiration: { Days: 0 } }))).toBe('400 InvalidArgument')
  expect(await refusal(lifecycle({ ID: 'a', Status: 'Enabled', Filter: {} }))).toBe(
    '400 InvalidArgument',
  )
  const at = { Date: new Date('2027-01-01T10:00:00Z') }
  expect(await refusal(lifecycle({ ...rule, Expiration: at }))).toBe('400 InvalidArgument')
  const encryption = (SSEAlgorithm: 'AES256', KMSMasterKeyID?: string) =>
    s3.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm, KMSMasterKeyID } }],
        },
      }),
    )
  expect(await refusal(encryption('DES' as 'AES256'))).toBe('400 MalformedXML')
  expect(await refusal(encryption('AES256', 'key'))).toBe('400 InvalidArgument')
  const logging = new PutBucketLoggingCommand({
    Bucket,
    BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'nowhere', TargetPrefix: '' } },
  })
  expect(await refusal(s3.send(logging))).toBe('400 InvalidTargetBucketForLogging')
  const accelerate = new PutBucketAccelerateConfigurationCommand({
    Bucket: 'with.dot',
    AccelerateConfiguration: { Status: 'Enabled' },
  })
  expect(await refusal(s3.send(accelerate))).toBe('400 InvalidRequest')
  const website = new PutBucketWebsiteCommand({
    Bucket,
    WebsiteConfiguration: { IndexDocument: { Suffix: 'a/b' } },
  })
  expect(await refusal(s3.send(website))).toBe('400 InvalidArgument')
  const text = await fetchXml('PUT', `/${Bucket}?publicAccessBlock`, '<Other/>')
  expect(text).toBe('403 AccessDenied')
})

const fetchXml = async (method: string, path: string, body: string) => {
  const response = await fetch(`${server.url}${path}`, { method, body })
  return `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1]}`
}

test('a replication needs versions', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'copied' }))
  const replicate = () =>
    s3.send(
      new PutBucketReplicationCommand({
        Bucket: 'copied',
        ReplicationConfiguration: {
          Role: 'arn:aws:iam::000000000000:role/copy',
          Rules: [{ Status: 'Enabled', Prefix: '', Destination: { Bucket: 'arn:aws:s3:::other' } }],
        },
      }),
    )
  expect(await refusal(replicate())).toBe('400 InvalidRequest')
  await s3.send(
    new PutBucketVersioningCommand({
      Bucket: 'copied',
      VersioningConfiguration: { Status: 'Enabled' },
    }),
  )
  await replicate()
  const { ReplicationConfiguration } = await s3.send(
    new GetBucketReplicationCommand({ Bucket: 'copied' }),
  )
  expect(ReplicationConfiguration?.Rules).toHaveLength(1)
})

test('a bucket whose ACLs are off refuses ACLs, and one with grants cannot turn them off', async () => {
  const own = (name: string, ObjectOwnership: 'BucketOwnerEnforced' | 'ObjectWriter') =>
    s3.send(
      new PutBucketOwnershipControlsCommand({
        Bucket: name,
        OwnershipControls: { Rules: [{ ObjectOwnership }] },
      }),
    )
  await s3.send(new CreateBucketCommand({ Bucket: 'granted', ACL: 'public-read' }))
  expect(await refusal(own('granted', 'BucketOwnerEnforced'))).toBe(
    '400 InvalidBucketAclWithObjectOwnership',
  )
  await s3.send(
    new CreateBucketCommand({ Bucket: 'owned', ObjectOwnership: 'BucketOwnerEnforced' }),
  )
  const { OwnershipControls } = await s3.send(
    new GetBucketOwnershipControlsCommand({ Bucket: 'owned' }),
  )
  expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }])
  const { put } = objects('owned')
  expect(await refusal(put('k', { ACL: 'public-read' }))).toBe('400 AccessControlListNotSupported')
  await put('k', { ACL: 'bucket-owner-full-control' })
  await own('owned', 'ObjectWriter')
  await put('k', { ACL: 'public-read' })
})

const objects = (name: string) => ({
  put: (Key: string, more: { ACL: 'public-read' | 'bucket-owner-full-control' }) =>
    s3.send(new PutObjectCommand({ Bucket: name, Key, Body: Key, ...more })),
})

test('a public access block refuses public ACLs and policies', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'blocked' }))
  const all = {
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  }
  const { put } = objects('blocked')
  await put('earlier', { ACL: 'public-read' })
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket: 'blocked',
      PublicAccessBlockConfiguration: all,
    }),
  )
  const { PublicAccessBlockConfiguration } = await s3.send(
    new GetPublicAccessBlockCommand({ Bucket: 'blocked' }),
  )
  expect(PublicAccessBlockConfiguration).toEqual(all)
  expect(await refusal(put('later', { ACL: 'public-read' }))).toBe('403 AccessDenied')
  expect((await fetch(`${server.url}/blocked/earlier`)).status).toBe(403)
  const Policy = JSON.stringify({
    Statement: {
      Effect: 'Allow',
      Principal: '*',
      Action: 's3:GetObject',
      Resource: 'arn:aws:s3:::blocked/*',
    },
  })
  const publish = new PutBucketPolicyCommand({ Bucket: 'blocked', Policy })
  expect(await refusal(s3.send(publish))).toBe('403 AccessDenied')
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket: 'blocked' }))
  await s3.send(publish)
  expect((await fetch(`${server.url}/blocked/earlier`)).status).toBe(200)
  await s3.send(
    new PutPublicAccessBlockCommand({
      Bucket: 'blocked',
      PublicAccessBlockConfiguration: { RestrictPublicBuckets: true, IgnorePublicAcls: true },
    }),
  )
  expect((await fetch(`${server.url}/blocked/earlier`)).status).toBe(403)
})
