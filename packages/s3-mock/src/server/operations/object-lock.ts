import type { Operation } from '../call.ts'
import { empty, xml } from '../message/answer.ts'
import { child, readXml, textOf, type XmlContent } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { ObjectLock } from '../store/model.ts'

/** Answers `GET /<bucket>?object-lock`. */
export const getObjectLockConfiguration: Operation = ({ bucket }) => {
  const { objectLock } = bucket.settings
  if (objectLock === undefined)
    throw new S3Error('ObjectLockConfigurationNotFoundError', {
      details: { BucketName: bucket.name },
    })
  return xml('ObjectLockConfiguration', {
    ObjectLockEnabled: 'Enabled',
    Rule: rule(objectLock),
  })
}

/** Answers `PUT /<bucket>?object-lock`: in a bucket with versions it also turns the lock on. */
export const putObjectLockConfiguration: Operation = async ({ bucket, body }) => {
  const document = readXml(await body.text(), 'ObjectLockConfiguration')
  if (bucket.settings.versioning !== 'Enabled')
    throw new S3Error('InvalidBucketState', {
      message: "Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    })
  if (textOf(document, 'ObjectLockEnabled') !== 'Enabled') throw new S3Error('MalformedXML')
  const given = child(document, 'Rule')
  const retention = child(given, 'DefaultRetention')
  if (given !== undefined && retention === undefined) throw new S3Error('MalformedXML')
  const mode = textOf(retention, 'Mode')
  const days = period(textOf(retention, 'Days'), 36_500)
  const years = period(textOf(retention, 'Years'), 100)
  if (retention === undefined) bucket.change({ objectLock: noRule })
  else {
    // One of both, and a mode.
    if ((days === undefined) === (years === undefined)) throw new S3Error('MalformedXML')
    if (mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') throw new S3Error('MalformedXML')
    bucket.change({ objectLock: { mode, days, years } })
  }
  return empty()
}

/** Object lock that gives new objects no retention. */
export const noRule: ObjectLock = { mode: undefined, days: undefined, years: undefined }

// ---

const rule = ({ mode, days, years }: ObjectLock): XmlContent =>
  mode === undefined ? undefined : { DefaultRetention: { Mode: mode, Days: days, Years: years } }

const period = (text: string | undefined, most: number): number | undefined => {
  if (text === undefined) return undefined
  const found = Number(text)
  if (!Number.isInteger(found)) throw new S3Error('MalformedXML')
  if (found < 1)
    throw new S3Error('InvalidArgument', {
      message: 'Default retention period must be a positive integer value.',
    })
  if (found > most)
    throw new S3Error('InvalidArgument', { message: 'Default retention period too large.' })
  return found
}
