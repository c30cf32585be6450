import type { Call, Operation } from '../call.ts'
import { empty, isoTime, xml } from '../message/answer.ts'
import { readXml, textOf } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { Retention } from '../store/model.ts'
import { objectOf } from './find-version.ts'
import { checkRetentionChange, noLock, readUntil } from './locks.ts'

/** Answers `GET /<bucket>/<key>?retention`. */
export const getObjectRetention: Operation = (call) => {
  checkLocks(call)
  const { retention } = objectOf(call)
  if (retention === undefined) throw noConfiguration(call)
  return xml('Retention', { Mode: retention.mode, RetainUntilDate: isoTime(retention.until) })
}

/** Answers `PUT /<bucket>/<key>?retention`; an empty document removes it. */
export const putObjectRetention: Operation = async (call) => {
  const { bucket, key } = call
  checkLocks(call)
  const text = await call.body.text()
  const object = objectOf(call)
  const retention = readRetention(text)
  checkRetentionChange(call, object.retention, retention)
  bucket.amend(key, object, { retention })
  return empty()
}

/** Answers `GET /<bucket>/<key>?legal-hold`. */
export const getObjectLegalHold: Operation = (call) => {
  checkLocks(call)
  const { legalHold } = objectOf(call)
  if (legalHold === undefined) throw noConfiguration(call)
  return xml('LegalHold', { Status: legalHold })
}

/** Answers `PUT /<bucket>/<key>?legal-hold`. */
export const putObjectLegalHold: Operation = async (call) => {
  const { bucket, key } = call
  checkLocks(call)
  const status = textOf(readXml(await call.body.text(), 'LegalHold'), 'Status')
  if (status !== 'ON' && status !== 'OFF') throw new S3Error('MalformedXML')
  bucket.amend(key, objectOf(call), { legalHold: status })
  return empty()
}

// ---

const checkLocks = ({ bucket }: Call) => {
  if (bucket.settings.objectLock === undefined) throw noLock()
}

const noConfiguration = ({ key }: Call) =>
  new S3Error('NoSuchObjectLockConfiguration', { details: { Key: key } })

const readRetention = (text: string): Retention | undefined => {
  const document = readXml(text, 'Retention')
  const [mode, until] = [textOf(document, 'Mode'), textOf(document, 'RetainUntilDate')]
  if (mode === undefined && until === undefined) return undefined
  if ((mode !== 'GOVERNANCE' && mode !== 'COMPLIANCE') || until === undefined)
    throw new S3Error('MalformedXML')
  return { mode, until: readUntil(until) }
}
