import { aclOfHeaders, aclXml, hasAcl, type Parties, readAclXml } from '../access/acl.ts'
import type { Call, Operation } from '../call.ts'
import { type Answer, empty } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { Acl } from '../store/model.ts'
import { objectOf } from './find-version.ts'

/** Answers `GET /<bucket>?acl`. */
export const getBucketAcl: Operation = (call) => shown(call, call.bucket.settings.acl)

/** Answers `PUT /<bucket>?acl`. */
export const putBucketAcl: Operation = async (call) => {
  const { bucket } = call
  bucket.change({ acl: await wanted(call, bucket.settings.acl) })
  return empty()
}

/** Answers `GET /<bucket>/<key>?acl`. */
export const getObjectAcl: Operation = (call) => shown(call, objectOf(call).acl)

/** Answers `PUT /<bucket>/<key>?acl`. */
export const putObjectAcl: Operation = async (call) => {
  const { bucket, key } = call
  const object = objectOf(call)
  const acl = await wanted(call, object.acl)
  bucket.amend(key, object, { acl })
  call.emit('s3:ObjectAcl:Put', bucket, key, object)
  return empty()
}

// ---

/** Returns the new ACL, whose owner stays. */
const wanted = async (call: Call, { owner }: Acl): Promise<Acl> => {
  const text = await call.body.text()
  const parties: Parties = { ...call.parties(call.bucket), owner }
  if (!hasAcl(call.request.header)) {
    if (text === '') throw new S3Error('MissingSecurityHeader')
    return readAclXml(text, parties)
  }
  return { ...aclOfHeaders(call.request.header, parties), owner }
}

const shown = ({ tenant }: Call, acl: Acl): Answer => ({
  status: 200,
  headers: { 'content-type': 'application/xml' },
  body: aclXml(acl, tenant.accounts),
})
