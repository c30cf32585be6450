import {
  CreateBucketCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketAclCommand,
  PutBucketPolicyCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  accessKeyId,
  refusal,
  secretAccessKey,
  startTestServer,
  type TestServer,
} from '../../test/server.ts'
import { accountsOf } from './access/account.ts'

let server: TestServer
let s3: S3Client
let partner: S3Client
const Bucket = 'bucket'
const accounts = accountsOf(accessKeyId, ['partner'])
beforeAll(async () => {
  server = await startTestServer({ accounts: ['partner'] })
  s3 = server.client()
  partner = partnerOf(server)
})
afterAll(async () => {
  expect(server.logged).toEqual([])
  await server[Symbol.asyncDispose]()
})

const partnerOf = (one: TestServer) =>
  one.client({ credentials: { accessKeyId: `${accessKeyId}-partner`, secretAccessKey } })

const arn = (path: string) => `arn:aws:s3:::${path}`
interface Statement {
  readonly Effect?: string
  readonly Principal?: unknown
  readonly NotPrincipal?: unknown
  readonly Action?: unknown
  readonly Resource?: unknown
  readonly Condition?: unknown
}
const putPolicy = (name: string, ...statements: Statement[]) =>
  s3.send(
    new PutBucketPolicyCommand({
      Bucket: name,
      Policy: JSON.stringify({
        Version: '2012-10-17',
        Statement: statements.map((one) => ({ Effect: 'Allow', Principal: '*', ...one })),
      }),
    }),
  )
const create = async (name: string, ...keys: string[]) => {
  await s3.send(new CreateBucketCommand({ Bucket: name }))
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket: name, Key, Body: Key }))
}
const codeOf = async (response: Response) =>
  `${response.status} ${/<Code>(\w+)/.exec(await response.text())?.[1] ?? ''}`.trim()
const anonymous = async (path: string, init?: RequestInit) =>
  codeOf(await fetch(`${server.url}/${path}`, init))

test('a policy lets everyone read what it names, and nothing else', async () => {
  await create('shown', 'public/a', 'private/a')
  expect(await anonymous('shown/public/a')).toBe('403 AccessDenied')
  await putPolicy('shown', { Action: ['s3:GetObject'], Resource: arn('shown/public/*') })
  expect(await anonymous('shown/public/a')).toBe('200')
  expect(await anonymous('shown/private/a')).toBe('403 AccessDenied')
  // Whether a key exists is for those to know who can list.
  expect(await anonymous('shown/public/none')).toBe('403 AccessDenied')
  expect(await anonymous('shown')).toBe('403 AccessDenied')
  expect(await anonymous('shown/public/a', { method: 'PUT', body: 'x' })).toBe('403 AccessDenied')
  await putPolicy(
    'shown',
    { Action: 's3:Get*', Resource: arn('shown/*') },
    { Action: 's3:ListBucket', Resource: arn('shown') },
    { Effect: 'Deny', Action: 's3:*', Resource: arn('shown/private/*') },
  )
  expect(await anonymous('shown')).toBe('200')
  expect(await anonymous('shown/public/none')).toBe('404 NoSuchKey')
  expect(await anonymous('shown/private/a')).toBe('403 AccessDenied')
  const denied = s3.send(new GetObjectCommand({ Bucket: 'shown', Key: 'private/a' }))
  expect(await refusal(denied)).toBe('403 AccessDenied')
})

test('a policy is returned as it was sent, with its status', async () => {
  await create('stated')
  const Policy = `{"Version":"2012-10-17", "Statement":[{"Sid":"x","Effect":"Allow","Principal":{"AWS":["*"]},"Action":"s3:GetObject","Resource":"${arn('stated/*')}"}]}`
  await s3.send(new PutBucketPolicyCommand({ Bucket: 'stated', Policy }))
  await server.restart()
  s3 = server.client()
  partner = partnerOf(server)
  expect((await s3.send(new GetBucketPolicyCommand({ Bucket: 'stated' }))).Policy).toBe(Policy)
  const status = async () =>
    (await s3.send(new GetBucketPolicyStatusCommand({ Bucket: 'stated' }))).PolicyStatus?.IsPublic
  expect(await status()).toBe(true)
  await putPolicy('stated', {
    Action: 's3:GetObject',
    Resource: arn('stated/*'),
    Condition: { IpAddress: { 'aws:SourceIp': ['10.0.0.0/8'] } },
  })
  expect(await status()).toBe(false)
})

test.each<[string, Statement, string]>([
  ['an action of another service', { Action: 'sqs:SendMessage' }, '400 MalformedPolicy'],
  ['another bucket', { Resource: arn('other/*') }, '400 MalformedPolicy'],
  ['an unknown effect', { Effect: 'Maybe' }, '400 MalformedPolicy'],
  ['no principal', { Principal: undefined }, '400 MalformedPolicy'],
  ['a malformed principal', { Principal: { AWS: 'someone' } }, '400 MalformedPolicy'],
  ['objects for an action on the bucket', { Action: 's3:ListBucket' }, '400 MalformedPolicy'],
  ['an unknown operator', { Condition: { Equals: { 's3:prefix': 'a' } } }, '400 MalformedPolicy'],
  [
    'a permission for all but one',
    { Principal: undefined, NotPrincipal: { AWS: '000000000000' } },
    '400 MalformedPolicy',
  ],
  [
    'a condition that cannot be evaluated',
    { Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } },
    '501 NotImplemented',
  ],
  ['a variable', { Resource: arn(`${Bucket}/\${aws:username}/*`) }, '501 NotImplemented'],
])('a policy with %s is refused', async (_, statement, expected) => {
  const fine = { Action: 's3:GetObject', Resource: arn(`${Bucket}/*`) }
  expect(await refusal(putPolicy(Bucket, { ...fine, ...statement }))).toBe(expected)
})

test('conditions of a policy are evaluated', async () => {
  await create('conditions', 'k')
  const read = (headers: Record<string, string> = {}) => anonymous('conditions/k', { headers })
  const allowIf = (Condition: object) =>
    putPolicy('conditions', { Action: 's3:GetObject', Resource: arn('conditions/*'), Condition })
  await allowIf({ StringLike: { 'aws:Referer': ['https://app.test/*', 'https://*.test/?'] } })
  expect(await read()).toBe('403 AccessDenied')
  expect(await read({ referer: 'https://app.test/page' })).toBe('200')
  expect(await read({ referer: 'https://b.test/12' })).toBe('403 AccessDenied')
  await allowIf({ StringNotLikeIfExists: { 'aws:Referer': 'https://evil.*' } })
  expect(await read()).toBe('200')
  expect(await read({ referer: 'https://evil.test' })).toBe('403 AccessDenied')
  await allowIf({ IpAddress: { 'aws:SourceIp': '127.0.0.0/8' } })
  expect(await read()).toBe('200')
  await allowIf({ NotIpAddress: { 'aws:SourceIp': ['127.0.0.1', '10.0.0.0/8'] } })
  expect(await read()).toBe('403 AccessDenied')
  await allowIf({ DateLessThan: { 'aws:CurrentTime': '2020-01-01T00:00:00Z' } })
  expect(await read()).toBe('403 AccessDenied')
  await allowIf({ Null: { 'aws:Referer': 'true' }, Bool: { 'aws:SecureTransport': true } })
  expect(await read()).toBe('200')
})

test('a denial also holds for the owner, who can still change the policy', async () => {
  await create('strict')
  await putPolicy(
    'strict',
    {
      Effect: 'Deny',
      Action: 's3:PutObject',
      Resource: arn('strict/*'),
      Condition: { StringNotEquals: { 's3:x-amz-server-side-encryption': 'AES256' } },
    },
    { Effect: 'Deny', Action: 's3:*Policy', Resource: arn('strict') },
    {
      Effect: 'Deny',
      Action: 's3:*',
      Resource: [arn('strict'), arn('strict/*')],
      Condition: { Bool: { 'aws:SecureTransport': 'false' } },
    },
  )
  const put = (more: object) =>
    s3.send(new PutObjectCommand({ Bucket: 'strict', Key: 'k', Body: 'x', ...more }))
  expect(await refusal(put({}))).toBe('403 AccessDenied')
  await put({ ServerSideEncryption: 'AES256' })
  await putPolicy('strict', { Action: 's3:GetObject', Resource: arn('strict/*') })
  await put({})
})

test('reading a version needs a permission of its own', async () => {
  await create('versioned', 'k')
  const read = (Action: string) => putPolicy('versioned', { Action, Resource: arn('versioned/*') })
  await read('s3:GetObject')
  expect(await anonymous('versioned/k')).toBe('200')
  expect(await anonymous('versioned/k?versionId=null')).toBe('403 AccessDenied')
  await read('s3:GetObjectVersion')
  expect(await anonymous('versioned/k?versionId=null')).toBe('200')
  expect(await anonymous('versioned/k')).toBe('403 AccessDenied')
})

test('each key of a request that deletes many is checked', async () => {
  await create('many', 'kept/a', 'gone/a')
  await putPolicy('many', {
    Effect: 'Deny',
    Action: 's3:DeleteObject',
    Resource: arn('many/kept/*'),
  })
  const Objects = [{ Key: 'kept/a' }, { Key: 'gone/a' }, { Key: 'x'.repeat(1025) }]
  const done = await s3.send(new DeleteObjectsCommand({ Bucket: 'many', Delete: { Objects } }))
  expect(done.Deleted).toEqual([{ Key: 'gone/a' }])
  expect(done.Errors?.map(({ Code }) => Code)).toEqual(['AccessDenied', 'KeyTooLongError'])
})

test('another account sees only what it is granted', async () => {
  await create('common', 'k')
  const list = () => partner.send(new ListObjectsV2Command({ Bucket: 'common' }))
  const read = () => partner.send(new GetObjectCommand({ Bucket: 'common', Key: 'k' }))
  expect((await partner.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([])
  expect(await refusal(partner.send(new CreateBucketCommand({ Bucket: 'common' })))).toBe(
    '409 BucketAlreadyExists',
  )
  expect(await refusal(list())).toBe('403 AccessDenied')
  const [, other] = accounts
  await putPolicy('common', {
    Principal: { AWS: `arn:aws:iam::${other?.number}:root` },
    Action: ['s3:ListBucket', 's3:PutObject'],
    Resource: [arn('common'), arn('common/*')],
  })
  expect((await list()).KeyCount).toBe(1)
  expect(await anonymous('common')).toBe('403 AccessDenied')
  expect(await refusal(read())).toBe('403 AccessDenied')
  const grant = (GrantRead: string) =>
    s3.send(new PutObjectAclCommand({ Bucket: 'common', Key: 'k', GrantRead }))
  await grant(`id="${other?.id}"`)
  expect(await (await read()).Body?.transformToString()).toBe('k')
  await grant(`emailAddress="${other?.email}"`)
  const { Grants } = await s3.send(new GetObjectAclCommand({ Bucket: 'common', Key: 'k' }))
  expect(Grants).toEqual([
    {
      Grantee: { ID: other?.id, DisplayName: 'partner', Type: 'CanonicalUser' },
      Permission: 'READ',
    },
  ])
  // What it writes is its own.
  await partner.send(new PutObjectCommand({ Bucket: 'common', Key: 'theirs', Body: 'x' }))
  const own = { Bucket: 'common', Key: 'theirs' }
  expect(await refusal(s3.send(new GetObjectCommand(own)))).toBe('403 AccessDenied')
  await partner.send(new PutObjectAclCommand({ ...own, ACL: 'bucket-owner-full-control' }))
  await s3.send(new GetObjectCommand(own))
})

test('each lane of a shared server has its own accounts', async () => {
  await using shared = await startTestServer({ accessKeyId: undefined, accounts: ['partner'] })
  for (const lane of ['one', 'two'])
    await fetch(`${shared.url}/_mesocosm/keys/${lane}`, { method: 'PUT' })
  const as = (key: string) => shared.client({ credentials: { accessKeyId: key, secretAccessKey } })
  await as('one').send(new PutBucketAclCommand({ Bucket, ACL: 'authenticated-read' }))
  const list = (key: string) => as(key).send(new ListObjectsV2Command({ Bucket }))
  expect((await list('one-partner')).KeyCount).toBe(0)
  expect(await refusal(list('two-partner'))).toBe('403 AccessDenied')
  expect(await refusal(list('three-partner'))).toBe('403 InvalidAccessKeyId')
})

test('grants to unknown users and groups are refused', async () => {
  const grant = (Grantee: object, Permission: 'READ' = 'READ') =>
    s3.send(
      new PutBucketAclCommand({
        Bucket,
        AccessControlPolicy: {
          Owner: { ID: accounts[0]?.id ?? '' },
          Grants: [{ Grantee: Grantee as { Type: 'Group' }, Permission }],
        },
      }),
    )
  expect(await refusal(grant({ Type: 'CanonicalUser', ID: 'nobody' }))).toBe('400 InvalidArgument')
  expect(await refusal(grant({ Type: 'Group', URI: 'http://x.test' }))).toBe('400 InvalidArgument')
  const email = { Type: 'AmazonCustomerByEmail', EmailAddress: 'a@b.test' }
  expect(await refusal(grant(email))).toBe('400 UnresolvableGrantByEmailAddress')
  const user = { Type: 'CanonicalUser', ID: accounts[1]?.id }
  expect(await refusal(grant(user, 'EAT' as 'READ'))).toBe('400 MalformedACLError')
  const both = new PutObjectCommand({
    Bucket,
    Key: 'k',
    Body: 'x',
    ACL: 'private',
    GrantRead: `id="${accounts[1]?.id}"`,
  })
  expect(await refusal(s3.send(both))).toBe('400 InvalidRequest')
})

test('authenticated-read is shown, and lets other accounts read', async () => {
  await create('members')
  await s3.send(new PutBucketAclCommand({ Bucket: 'members', ACL: 'authenticated-read' }))
  const { Grants } = await s3.send(new GetBucketAclCommand({ Bucket: 'members' }))
  expect(Grants?.map(({ Grantee }) => Grantee?.URI?.split('/').at(-1))).toEqual([
    'AuthenticatedUsers',
    undefined,
  ])
  await partner.send(new HeadBucketCommand({ Bucket: 'members' }))
  expect(await anonymous('members')).toBe('403 AccessDenied')
})

test('an expected owner of a bucket is checked', async () => {
  const ExpectedBucketOwner = '000000000000'
  await s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner }))
  const other = { Bucket, ExpectedBucketOwner: '123456789012' }
  expect(await refusal(s3.send(new ListObjectsV2Command(other)))).toBe('403 AccessDenied')
})

test('requests without a signature learn that a bucket or a key is missing', async () => {
  expect(await anonymous('nowhere')).toBe('404 NoSuchBucket')
  expect(await anonymous('nowhere/k')).toBe('404 NoSuchBucket')
  await s3.send(new CreateBucketCommand({ Bucket: 'listed', ACL: 'public-read' }))
  expect(await anonymous('listed/none')).toBe('404 NoSuchKey')
  expect(await anonymous(`${Bucket}/none`)).toBe('403 AccessDenied')
  expect(await anonymous('')).toBe('403 AccessDenied')
})

test('parameters that S3 does not know are passed over', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'cached', ACL: 'public-read-write' }))
  const put = await fetch(`${server.url}/cached/k?anything`, { method: 'PUT', body: 'x' })
  expect(put.status).toBe(200)
  await s3.send(new PutObjectAclCommand({ Bucket: 'cached', Key: 'k', ACL: 'public-read' }))
  for (const query of ['1699999999', 'download', 'v=2', 'session', 'policy'])
    expect(await anonymous(`cached/k?${query}`)).toBe('200')
  expect(await anonymous('cached/k?torrent')).toBe('501 NotImplemented')
  expect(await anonymous('cached?session')).toBe('501 NotImplemented')
})

test('a form can have tags', async () => {
  await s3.send(new CreateBucketCommand({ Bucket: 'forms', ACL: 'public-read-write' }))
  const form = new FormData()
  form.append('key', 'k')
  form.append(
    'tagging',
    '<Tagging><TagSet><Tag><Key>a</Key><Value>1</Value></Tag></TagSet></Tagging>',
  )
  form.append('file', new Blob(['x']), 'x')
  expect(await anonymous('forms', { method: 'POST', body: form })).toBe('204')
  const { TagSet } = await s3.send(new GetObjectTaggingCommand({ Bucket: 'forms', Key: 'k' }))
  expect(TagSet).toEqual([{ Key: 'a', Value: '1' }])
})
