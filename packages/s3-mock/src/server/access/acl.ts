import { child, children, readXml, textOf, type XmlNode } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Acl, Grant, Permission } from '../store/model.ts'
import type { Account } from './account.ts'

/* Access control lists. A grantee is a canonical user id, or the URI of a group. */

const groups = 'http://acs.amazonaws.com/groups'

/** Group of all requests. */
export const allUsers = `${groups}/global/AllUsers`
/** Group of all signed requests. */
export const authenticatedUsers = `${groups}/global/AuthenticatedUsers`
const logDelivery = `${groups}/s3/LogDelivery`

const permissions: readonly Permission[] = [
  'FULL_CONTROL',
  'READ',
  'WRITE',
  'READ_ACP',
  'WRITE_ACP',
]

/** Who an ACL is made for. */
export interface Parties {
  /** Owner of what the ACL is for. */
  readonly owner: string
  readonly bucketOwner: string
  /** Who owns what is written: `ObjectWriter`, `BucketOwnerPreferred` or `BucketOwnerEnforced`. */
  readonly ownership: string
  /** Whether a public access block refuses public ACLs. */
  readonly blocksPublic: boolean
  /** Accounts that grants can name. */
  readonly accounts: readonly Account[]
}

const canned: Readonly<Record<string, (parties: Parties) => readonly Grant[]>> = {
  private: () => [],
  'public-read': () => [{ grantee: allUsers, permission: 'READ' }],
  'public-read-write': () => [
    { grantee: allUsers, permission: 'READ' },
    { grantee: allUsers, permission: 'WRITE' },
  ],
  'authenticated-read': () => [{ grantee: authenticatedUsers, permission: 'READ' }],
  'aws-exec-read': () => [],
  'bucket-owner-read': ({ bucketOwner }) => [{ grantee: bucketOwner, permission: 'READ' }],
  'bucket-owner-full-control': ({ bucketOwner }) => [
    { grantee: bucketOwner, permission: 'FULL_CONTROL' },
  ],
  'log-delivery-write': () => [
    { grantee: logDelivery, permission: 'WRITE' },
    { grantee: logDelivery, permission: 'READ_ACP' },
  ],
}

/** Returns a canned ACL. @throws {S3Error} `InvalidArgument` for an unknown name. */
export const cannedAcl = (name: string, parties: Parties): Acl => {
  if (!Object.hasOwn(canned, name))
    throw new S3Error('InvalidArgument', {
      details: { ArgumentName: 'x-amz-acl', ArgumentValue: name },
    })
  const { owner } = parties
  const others = (canned[name]?.(parties) ?? []).filter(({ grantee }) => grantee !== owner)
  return { owner, grants: [...others, { grantee: owner, permission: 'FULL_CONTROL' }] }
}

/**
 * Returns the ACL that headers or fields describe, `private` by default.
 *
 * @throws {S3Error} `InvalidArgument`, `InvalidRequest`, `UnresolvableGrantByEmailAddress`; `AccessControlListNotSupported`
 * in a bucket without ACLs; `AccessDenied` for a public one if these are blocked.
 */
export const aclOfHeaders = (get: (name: string) => string | undefined, parties: Parties): Acl => {
  const name = get('x-amz-acl')
  const { bucketOwner, ownership } = parties
  const takesOver = name === 'bucket-owner-full-control' && ownership === 'BucketOwnerPreferred'
  const owner = takesOver || ownership === 'BucketOwnerEnforced' ? bucketOwner : parties.owner
  const grants = permissions.flatMap((permission) =>
    headerGrantees(get(grantHeader(permission)), parties.accounts).map((grantee) => ({
      grantee,
      permission,
    })),
  )
  if (name !== undefined && grants.length > 0)
    throw new S3Error('InvalidRequest', {
      message: 'Specifying both Canned ACLs and Header Grants is not allowed',
    })
  if (grants.length === 0) {
    const acl = cannedAcl(name ?? 'private', { ...parties, owner })
    if (name !== undefined && name !== 'bucket-owner-full-control') checkAcl(acl, parties)
    return acl
  }
  const acl = { owner, grants }
  checkAcl(acl, parties)
  return acl
}

/**
 * Parses an ACL document.
 *
 * @throws {S3Error} as {@link aclOfHeaders}; `MalformedACLError`; `AccessDenied` for another owner.
 */
export const readAclXml = (text: string, parties: Parties): Acl => {
  const { owner, accounts } = parties
  const document = readXml(text, 'AccessControlPolicy')
  const list = child(document, 'AccessControlList')
  const given = textOf(child(document, 'Owner'), 'ID')
  if (list === undefined || given === undefined) throw new S3Error('MalformedACLError')
  if (given !== owner) throw new S3Error('AccessDenied')
  const grants = children(list, 'Grant').map((node) => {
    const permission = permissions.find((one) => one === textOf(node, 'Permission')?.trim())
    const grantee = child(node, 'Grantee')
    if (permission === undefined || grantee === undefined) throw new S3Error('MalformedACLError')
    return { grantee: granteeOf(grantee, accounts), permission }
  })
  if (grants.length > 100) throw new S3Error('MalformedACLError')
  const acl = { owner, grants }
  checkAcl(acl, parties)
  return acl
}

/** Returns an ACL as a document. */
export const aclXml = ({ owner, grants }: Acl, accounts: readonly Account[]): string => {
  const user = (id: string) =>
    `<ID>${id}</ID><DisplayName>${accounts.find((one) => one.id === id)?.displayName ?? ''}</DisplayName>`
  const grant = ({ grantee, permission }: Grant) => {
    const isGroup = grantee.startsWith(groups)
    const type = isGroup ? 'Group' : 'CanonicalUser'
    const content = isGroup ? `<URI>${grantee}</URI>` : user(grantee)
    return `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${content}</Grantee><Permission>${permission}</Permission></Grant>`
  }
  return `<?xml version="1.0" encoding="UTF-8"?>\n<AccessControlPolicy xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Owner>${user(owner)}</Owner><AccessControlList>${grants.map(grant).join('')}</AccessControlList></AccessControlPolicy>`
}

/** Returns whether an ACL grants anything to everyone, or to everyone with an account. */
export const isPublicAcl = ({ grants }: Acl): boolean =>
  grants.some(({ grantee }) => grantee === allUsers || grantee === authenticatedUsers)

/** Header that grants a permission. */
export const grantHeader = (permission: Permission): string =>
  `x-amz-grant-${permission.toLowerCase().replace('_', '-')}`

/** Returns whether a request or form has an ACL. */
export const hasAcl = (get: (name: string) => string | undefined): boolean =>
  get('x-amz-acl') !== undefined || permissions.some((one) => get(grantHeader(one)) !== undefined)

// ---

const checkAcl = (acl: Acl, { ownership, blocksPublic }: Parties): void => {
  if (ownership === 'BucketOwnerEnforced') throw new S3Error('AccessControlListNotSupported')
  if (blocksPublic && isPublicAcl(acl)) throw new S3Error('AccessDenied')
}

const headerGrantees = (
  text: string | undefined,
  accounts: readonly Account[],
): readonly string[] => {
  if (text === undefined) return []
  return text.split(',').map((part) => {
    const [, kind, value] = /^\s*(id|uri|emailAddress)\s*=\s*"?([^"]*)"?\s*$/i.exec(part) ?? []
    if (kind === undefined || value === undefined)
      throw new S3Error('InvalidArgument', {
        message: 'Argument format not recognized',
        details: { ArgumentName: 'x-amz-grant', ArgumentValue: text },
      })
    if (/^id$/i.test(kind)) return knownId(value, accounts)
    return /^uri$/i.test(kind) ? knownGroup(value) : idOfEmail(value, accounts)
  })
}

const granteeOf = (grantee: XmlNode, accounts: readonly Account[]): string => {
  const [id, uri, email] = ['ID', 'URI', 'EmailAddress'].map((name) =>
    textOf(grantee, name)?.trim(),
  )
  if (id !== undefined) return knownId(id, accounts)
  if (uri !== undefined) return knownGroup(uri)
  if (email !== undefined) return idOfEmail(email, accounts)
  throw new S3Error('MalformedACLError')
}

const knownId = (id: string, accounts: readonly Account[]): string => {
  if (accounts.some((account) => account.id === id)) return id
  throw new S3Error('InvalidArgument', {
    message: 'Invalid id',
    details: { ArgumentName: 'CanonicalUser/ID', ArgumentValue: id },
  })
}

const knownGroup = (uri: string): string => {
  if ([allUsers, authenticatedUsers, logDelivery].includes(uri)) return uri
  throw new S3Error('InvalidArgument', {
    message: 'Invalid group uri',
    details: { ArgumentName: 'Group/URI', ArgumentValue: uri },
  })
}

const idOfEmail = (email: string, accounts: readonly Account[]): string => {
  const found = accounts.find((account) => account.email === email)
  if (found === undefined) throw new S3Error('UnresolvableGrantByEmailAddress')
  return found.id
}
