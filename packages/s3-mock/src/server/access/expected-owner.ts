import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { Tenant } from '../store/tenant.ts'

/** Checks the account number that a request expects to own a bucket. @throws {S3Error} `AccessDenied`. */
export const checkExpectedOwner = (
  { accounts }: Tenant,
  { settings }: Bucket,
  expected: string | undefined,
): void => {
  if (expected === undefined) return
  if (accounts.find(({ id }) => id === settings.owner)?.number !== expected)
    throw new S3Error('AccessDenied')
}
