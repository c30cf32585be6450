import type { Bucket } from '../store/bucket.ts'
import type { Tenant } from '../store/tenant.ts'
import type { Account } from './account.ts'
import type { Parties } from './acl.ts'
import { blocks, ownershipOf } from './authorize.ts'

/** Returns who an ACL in a bucket is for. What is written without a signature belongs to the owner of the bucket. */
export const partiesOf = ({
  tenant,
  bucket: { settings },
  account,
}: {
  readonly tenant: Tenant
  readonly bucket: Bucket
  readonly account: Account | undefined
}): Parties => ({
  owner: account?.id ?? settings.owner,
  bucketOwner: settings.owner,
  ownership: ownershipOf(settings),
  blocksPublic: blocks(settings, 'BlockPublicAcls'),
  accounts: tenant.accounts,
})
