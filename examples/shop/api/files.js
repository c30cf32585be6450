import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'

const Bucket = process.env.S3_BUCKET
const clientOf = (endpoint) => new S3Client({ endpoint, forcePathStyle: true })
const inside = clientOf(process.env.S3_ENDPOINT)
// A signature covers the host, so addresses for customers must be signed with the host that customers use.
const outside = clientOf(process.env.S3_PUBLIC_ENDPOINT)

export const storeFile = (Key, Body, ContentType) =>
  inside.send(new PutObjectCommand({ Bucket, Key, Body, ContentType }))

/** Returns an address from which a file can be downloaded for five minutes. */
export const addressOfFile = (Key) =>
  getSignedUrl(outside, new GetObjectCommand({ Bucket, Key }), { expiresIn: 300 })
