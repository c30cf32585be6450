import {
  CreateBucketCommand,
  GetBucketLocationCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { refusal, startTestServer } from '../../test/server.ts'

const create = (s3: S3Client, Bucket: string, LocationConstraint: string) =>
  s3.send(
    new CreateBucketCommand({
      Bucket,
      CreateBucketConfiguration: { LocationConstraint: LocationConstraint as 'eu-west-1' },
    }),
  )
const locationOf = async (s3: S3Client, Bucket: string) =>
  (await s3.send(new GetBucketLocationCommand({ Bucket }))).LocationConstraint

test('the endpoint of us-east-1 creates buckets in every region', async () => {
  await using server = await startTestServer()
  const s3 = server.client()
  await create(s3, 'in-europe', 'eu-west-1')
  expect(await locationOf(s3, 'in-europe')).toBe('eu-west-1')
  expect((await s3.send(new HeadBucketCommand({ Bucket: 'in-europe' }))).BucketRegion).toBe(
    'eu-west-1',
  )
  expect(await locationOf(s3, 'bucket')).toBeUndefined()
  expect(await refusal(create(s3, 'nowhere', 'mars'))).toBe('400 InvalidLocationConstraint')
  expect(await refusal(create(s3, 'nowhere', 'us-east-1'))).toBe('400 InvalidLocationConstraint')
})

test('the endpoint of another region creates buckets only there', async () => {
  await using server = await startTestServer({ region: 'eu-west-1' })
  const s3 = server.client()
  await create(s3, 'here', 'eu-west-1')
  expect(await refusal(create(s3, 'there', 'us-west-2'))).toBe(
    '400 IllegalLocationConstraintException',
  )
})

test('with the region any, signatures for every region are accepted', async () => {
  await using server = await startTestServer({ region: 'any' })
  for (const region of ['auto', 'us-east-1', 'eu-central-1']) {
    const s3 = server.client({ region })
    await s3.send(new ListBucketsCommand({}))
    expect((await s3.send(new HeadBucketCommand({ Bucket: 'bucket' }))).BucketRegion).toBe(
      'us-east-1',
    )
  }
  const wrong = server.client({ credentials: { accessKeyId: 'test-key', secretAccessKey: 'x' } })
  expect(await refusal(wrong.send(new ListBucketsCommand({})))).toBe('403 SignatureDoesNotMatch')
})
