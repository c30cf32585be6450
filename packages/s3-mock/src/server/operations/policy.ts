import { blocks } from '../access/authorize.ts'
import { isPublicPolicy, readBucketPolicy } from '../access/bucket-policy.ts'
import type { Call, Operation } from '../call.ts'
import { noContent, xml } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'

/** Answers `GET /<bucket>?policy`. */
export const getBucketPolicy: Operation = (call) => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: policyOf(call).text,
})

/** Answers `PUT /<bucket>?policy`. */
export const putBucketPolicy: Operation = async ({ bucket, body }) => {
  const policy = readBucketPolicy(await body.text(), bucket.name)
  if (blocks(bucket.settings, 'BlockPublicPolicy') && isPublicPolicy(policy))
    throw new S3Error('AccessDenied')
  bucket.change({ policy })
  return noContent()
}

/** Answers `DELETE /<bucket>?policy`. */
export const deleteBucketPolicy: Operation = ({ bucket }) => {
  bucket.change({ policy: undefined })
  return noContent()
}

/** Answers `GET /<bucket>?policyStatus`. */
export const getBucketPolicyStatus: Operation = (call) =>
  xml('PolicyStatus', { IsPublic: isPublicPolicy(policyOf(call)) })

// ---

const policyOf = ({ bucket }: Call) => {
  const { policy } = bucket.settings
  if (policy === undefined)
    throw new S3Error('NoSuchBucketPolicy', { details: { BucketName: bucket.name } })
  return policy
}
