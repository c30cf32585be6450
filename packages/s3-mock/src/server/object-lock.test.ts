import {
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectLegalHoldCommand,
  GetObjectLockConfigurationCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  type ObjectLockRetentionMode,
  type ObjectLockRule,
  PutBucketVersioningCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectLegalHoldCommand,
  PutObjectLockConfigurationCommand,
  PutObjectRetentionCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusal, startTestServer, type TestServer } from '../../test/server.ts'

let server: TestServer
let s3: ReturnType<TestServer['client']>
beforeAll(async () => {
  server = await startTestServer()
  s3 = server.client()
  await s3.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }))
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const Bucket = 'locked'
const day = 86_400_000
const future = new Date(Math.ceil(Date.now() / 1000) * 1000 + day)
const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
  s3.send(new PutObjectCommand({ Bucket, Key, Body: Key, ...more }))
const retain = (Key: string, Mode: ObjectLockRetentionMode, until: Date, more = {}) =>
  s3.send(
    new PutObjectRetentionCommand({
      ...{ Bucket, Key, Retention: { Mode, RetainUntilDate: until } },
      ...more,
    }),
  )
const hold = (Key: string, Status: 'ON' | 'OFF') =>
  s3.send(new PutObjectLegalHoldCommand({ Bucket, Key, LegalHold: { Status } }))
const remove = (Key: string, VersionId: string | undefined, more = {}) =>
  s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId, ...more }))
const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }))
const bypass = { BypassGovernanceRetention: true }

test('a version under governance is deleted only with a bypass', async () => {
  const { VersionId } = await put('governed')
  await retain('governed', 'GOVERNANCE', future)
  const { Retention } = await s3.send(new GetObjectRetentionCommand({ Bucket, Key: 'governed' }))
  expect(Retention).toEqual({ Mode: 'GOVERNANCE', RetainUntilDate: future })
  expect(await head('governed')).toMatchObject({
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: future,
  })
  expect(await refusal(remove('governed', VersionId))).toBe('403 AccessDenied')
  const many = { Objects: [{ Key: 'governed', VersionId }] }
  const { Errors } = await s3.send(new DeleteObjectsCommand({ Bucket, Delete: many }))
  expect(Errors).toMatchObject([{ Key: 'governed', Code: 'AccessDenied' }])
  // A marker only hides it.
  const marker = await remove('governed', undefined)
  await remove('governed', marker.VersionId)
  await remove('governed', VersionId, bypass)
  expect(await refusal(head('governed'))).toMatch(/^404/)
})

test('a version under compliance is never deleted before its time', async () => {
  const { VersionId } = await put('complied', {
    ObjectLockMode: 'COMPLIANCE',
    ObjectLockRetainUntilDate: future,
  })
  expect(await refusal(remove('complied', VersionId, bypass))).toBe('403 AccessDenied')
  const longer = new Date(future.getTime() + day)
  expect(await refusal(retain('complied', 'GOVERNANCE', longer, bypass))).toBe('403 AccessDenied')
  expect(await refusal(retain('complied', 'COMPLIANCE', new Date(Date.now() + 60_000)))).toBe(
    '403 AccessDenied',
  )
  await retain('complied', 'COMPLIANCE', longer)
  expect(await head('complied')).toMatchObject({ ObjectLockRetainUntilDate: longer })
})

test('a governance is shortened or removed only with a bypass', async () => {
  await put('shortened')
  await retain('shortened', 'GOVERNANCE', future)
  const sooner = new Date(future.getTime() - 60_000)
  expect(await refusal(retain('shortened', 'GOVERNANCE', sooner))).toBe('403 AccessDenied')
  await retain('shortened', 'GOVERNANCE', sooner, bypass)
  const none = { Bucket, Key: 'shortened', Retention: {} }
  expect(await refusal(s3.send(new PutObjectRetentionCommand(none)))).toBe('403 AccessDenied')
  await s3.send(new PutObjectRetentionCommand({ ...none, ...bypass }))
  const get = new GetObjectRetentionCommand({ Bucket, Key: 'shortened' })
  expect(await refusal(s3.send(get))).toBe('404 NoSuchObjectLockConfiguration')
})

test('a legal hold ends only when it is taken back', async () => {
  const { VersionId } = await put('held', { ObjectLockLegalHoldStatus: 'ON' })
  expect(await refusal(remove('held', VersionId, bypass))).toBe('403 AccessDenied')
  await hold('held', 'OFF')
  const { LegalHold } = await s3.send(new GetObjectLegalHoldCommand({ Bucket, Key: 'held' }))
  expect(LegalHold).toEqual({ Status: 'OFF' })
  await remove('held', VersionId)
})

test('new objects get the retention of their bucket', async () => {
  const name = { Bucket: 'default-retention' }
  await s3.send(new CreateBucketCommand({ ...name, ObjectLockEnabledForBucket: true }))
  const configure = (Rule?: ObjectLockRule) =>
    s3.send(
      new PutObjectLockConfigurationCommand({
        ...name,
        ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled', ...(Rule && { Rule }) },
      }),
    )
  const rule = { DefaultRetention: { Mode: 'COMPLIANCE', Days: 2 } } as const
  await configure(rule)
  const { ObjectLockConfiguration } = await s3.send(new GetObjectLockConfigurationCommand(name))
  expect(ObjectLockConfiguration).toEqual({ ObjectLockEnabled: 'Enabled', Rule: rule })
  const { VersionId } = await put('k', name)
  const found = await s3.send(new HeadObjectCommand({ ...name, Key: 'k' }))
  expect(found.ObjectLockMode).toBe('COMPLIANCE')
  const left = (found.ObjectLockRetainUntilDate?.getTime() ?? 0) - Date.now()
  expect(left).toBeGreaterThan(day)
  expect(await refusal(remove('k', VersionId, name))).toBe('403 AccessDenied')
  const wrong = (retention: object) =>
    refusal(configure({ DefaultRetention: { Mode: 'GOVERNANCE', ...retention } }))
  expect(await wrong({})).toBe('400 MalformedXML')
  expect(await wrong({ Days: 1, Years: 1 })).toBe('400 MalformedXML')
  expect(await wrong({ Days: 0 })).toBe('400 InvalidArgument')
  expect(await wrong({ Years: 101 })).toBe('400 InvalidArgument')
  await configure()
  expect(
    (await s3.send(new GetObjectLockConfigurationCommand(name))).ObjectLockConfiguration,
  ).toEqual({ ObjectLockEnabled: 'Enabled' })
})

test('an upload in parts has the lock that it began with', async () => {
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({
      ...{ Bucket, Key: 'parts', ObjectLockMode: 'GOVERNANCE' },
      ObjectLockRetainUntilDate: future,
    }),
  )
  const upload = { Bucket, Key: 'parts', UploadId }
  const { ETag } = await s3.send(new UploadPartCommand({ ...upload, PartNumber: 1, Body: 'x' }))
  const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
  const { VersionId } = await s3.send(
    new CompleteMultipartUploadCommand({ ...upload, MultipartUpload }),
  )
  expect(await refusal(remove('parts', VersionId))).toBe('403 AccessDenied')
})

test('locks need a bucket with object lock, which stays a bucket with versions', async () => {
  const open = { Bucket: 'bucket' }
  await put('k', open)
  const locked = {
    ...open,
    ObjectLockMode: 'GOVERNANCE',
    ObjectLockRetainUntilDate: future,
  } as const
  expect(await refusal(put('k', locked))).toBe('400 InvalidRequest')
  expect(await refusal(retain('k', 'GOVERNANCE', future, open))).toBe('400 InvalidRequest')
  expect(await refusal(s3.send(new GetObjectLockConfigurationCommand(open)))).toBe(
    '404 ObjectLockConfigurationNotFoundError',
  )
  const enable = new PutObjectLockConfigurationCommand({
    ...open,
    ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' },
  })
  expect(await refusal(s3.send(enable))).toBe('409 InvalidBucketState')
  const suspend = new PutBucketVersioningCommand({
    Bucket,
    VersioningConfiguration: { Status: 'Suspended' },
  })
  expect(await refusal(s3.send(suspend))).toBe('409 InvalidBucketState')
})

test('a lock that says too little or nonsense is refused', async () => {
  const refused = (more: object) => refusal(put('refused', more))
  expect(await refused({ ObjectLockMode: 'GOVERNANCE' })).toBe('400 InvalidArgument')
  expect(await refused({ ObjectLockRetainUntilDate: future })).toBe('400 InvalidArgument')
  const past = new Date(Date.now() - day)
  expect(await refused({ ObjectLockMode: 'GOVERNANCE', ObjectLockRetainUntilDate: past })).toBe(
    '400 InvalidArgument',
  )
  expect(await refused({ ObjectLockMode: 'OTHER', ObjectLockRetainUntilDate: future })).toBe(
    '400 InvalidArgument',
  )
  expect(await refused({ ObjectLockLegalHoldStatus: 'MAYBE' })).toBe('400 InvalidArgument')
  const unchecked = server.client({ requestChecksumCalculation: 'WHEN_REQUIRED' })
  const command = new PutObjectCommand({
    Bucket,
    Key: 'x',
    Body: 'x',
    ObjectLockLegalHoldStatus: 'ON',
  })
  command.middlewareStack.add(
    (next) => (args) => {
      const { headers } = args.request as { headers: Record<string, string> }
      for (const name of Object.keys(headers))
        if (/^x-amz-(sdk-)?checksum/.test(name)) delete headers[name]
      return next(args)
    },
    { step: 'build', priority: 'low' },
  )
  expect(await refusal(unchecked.send(command))).toBe('400 InvalidRequest')
})
