import type { Operation } from '../call.ts'
import { empty, owner, xml } from '../message/answer.ts'
import { child, children, readXml, textOf } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import { objectOf } from './find-version.ts'

/* Canned access control lists are stored and returned. Public ones allow unsigned requests. */

const canned = [
  'private',
  'public-read',
  'public-read-write',
  'authenticated-read',
  'aws-exec-read',
  'bucket-owner-read',
  'bucket-owner-full-control',
]

const allUsers = 'http://acs.amazonaws.com/groups/global/AllUsers'

/** Returns a canned list, `private` by default. @throws {S3Error} `InvalidArgument`. */
export const readCannedAcl = (text: string | undefined): string => {
  if (text === undefined) return 'private'
  if (!canned.includes(text))
    throw new S3Error('InvalidArgument', {
      details: { ArgumentName: 'x-amz-acl', ArgumentValue: text },
    })
  return text
}

/** Returns whether a canned list grants access to everyone. */
export const isPublic = (acl: string, access: 'read' | 'write'): boolean =>
  acl === 'public-read-write' || (acl === 'public-read' && access === 'read')

/** Answers `GET /<bucket>?acl`. */
export const getBucketAcl: Operation = ({ bucket }) => policy(bucket.settings.acl)

/** Answers `PUT /<bucket>?acl`. */
export const putBucketAcl: Operation = async (call) => {
  const { bucket } = call
  bucket.change({ acl: await wanted(call) })
  return empty()
}

/** Answers `GET /<bucket>/<key>?acl`. */
export const getObjectAcl: Operation = (call) => policy(objectOf(call).acl)

/** Answers `PUT /<bucket>/<key>?acl`. */
export const putObjectAcl: Operation = async (call) => {
  const { bucket, key } = call
  const acl = await wanted(call)
  const object = objectOf(call)
  bucket.amend(key, object, { acl })
  call.emit('s3:ObjectAcl:Put', bucket, key, object)
  return empty()
}

// ---

const wanted: (call: Parameters<Operation>[0]) => Promise<string> = async ({ request, body }) => {
  const text = await body.text()
  const header = request.header('x-amz-acl')
  if (header !== undefined) return readCannedAcl(header)
  const grants = children(
    child(readXml(text, 'AccessControlPolicy'), 'AccessControlList'),
    'Grant',
  ).filter((grant) => textOf(child(grant, 'Grantee'), 'URI') === allUsers)
  const permissions = grants.map((grant) => textOf(grant, 'Permission'))
  if (permissions.includes('WRITE') || permissions.includes('FULL_CONTROL'))
    return 'public-read-write'
  return permissions.includes('READ') ? 'public-read' : 'private'
}

const policy = (acl: string) => {
  const grants = [
    grant(
      `<ID>${owner.ID}</ID><DisplayName>${owner.DisplayName}</DisplayName>`,
      'CanonicalUser',
      'FULL_CONTROL',
    ),
    ...(isPublic(acl, 'read') ? [grant(`<URI>${allUsers}</URI>`, 'Group', 'READ')] : []),
    ...(isPublic(acl, 'write') ? [grant(`<URI>${allUsers}</URI>`, 'Group', 'WRITE')] : []),
  ]
  const answer = xml('AccessControlPolicy', { Owner: owner, AccessControlList: 'GRANTS' })
  // The only attribute in documents of S3.
  return { ...answer, body: String(answer.body).replace('GRANTS', grants.join('')) }
}

const grant = (grantee: string, type: string, permission: string) =>
  `<Grant><Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="${type}">${grantee}</Grantee><Permission>${permission}</Permission></Grant>`
