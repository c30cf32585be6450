import { createHash } from 'node:crypto'
import { owner } from '../message/answer.ts'

/** An AWS account, as policies, lists and ACLs name it. Each has one access key. */
export interface Account {
  readonly accessKeyId: string
  /** Canonical user id. */
  readonly id: string
  readonly displayName: string
  /** Twelve digits. */
  readonly number: string
  readonly email: string
}

/**
 * Returns the accounts that share the buckets of a tenant: first the one of its access key, which owns the declared
 * buckets, then one per name.
 */
export const accountsOf = (accessKeyId: string, names: readonly string[]): readonly Account[] => [
  {
    accessKeyId,
    id: owner.ID,
    displayName: owner.DisplayName,
    number: '000000000000',
    email: `${owner.DisplayName}@s3.test`,
  },
  ...names.map((name) => ({
    accessKeyId: `${accessKeyId}-${name}`,
    id: createHash('sha256').update(name).digest('hex'),
    displayName: name,
    number: numberOf(name),
    email: `${name}@s3.test`,
  })),
]

/** Returns the element that documents show an account with. */
export const ownerElement = (
  accounts: readonly Account[],
  id: string,
): { readonly ID: string; readonly DisplayName: string } => ({
  ID: id,
  DisplayName: accounts.find((account) => account.id === id)?.displayName ?? '',
})

// ---

const numberOf = (name: string): string =>
  String(100_000_000_000 + (createHash('sha256').update(name).digest().readUInt32BE(0) % 9e8))
