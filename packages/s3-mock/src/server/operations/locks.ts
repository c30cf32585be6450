import type { Call } from '../call.ts'
import { isoTime } from '../message/answer.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { BucketSettings, Retention, StoredObject } from '../store/model.ts'

/** What keeps a version from being deleted. */
export type Lock = Pick<StoredObject, 'retention' | 'legalHold'>

const prefix = 'x-amz-object-lock-'

/**
 * Returns the lock of a new object: what the request says, else what the bucket says.
 *
 * @throws {S3Error} `InvalidRequest` in a bucket without object lock, `InvalidArgument`.
 */
export const readLock = (
  get: (name: string) => string | undefined,
  { objectLock }: BucketSettings,
): Lock => {
  const [mode, until, hold] = ['mode', 'retain-until-date', 'legal-hold'].map((name) =>
    get(prefix + name),
  )
  if (mode === undefined && until === undefined && hold === undefined)
    return { retention: defaultRetention(objectLock), legalHold: undefined }
  if (objectLock === undefined) throw noLock()
  if ((mode === undefined) !== (until === undefined))
    throw new S3Error('InvalidArgument', {
      message: `${prefix}retain-until-date and ${prefix}mode must both be supplied`,
      details: { ArgumentName: `${prefix}${mode === undefined ? 'mode' : 'retain-until-date'}` },
    })
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF')
    throw new S3Error('InvalidArgument', {
      message: "Legal Hold must be either of 'ON' or 'OFF'",
      details: { ArgumentName: `${prefix}legal-hold`, ArgumentValue: hold },
    })
  return {
    retention:
      mode === undefined || until === undefined
        ? defaultRetention(objectLock)
        : { mode: readMode(mode), until: readUntil(until) },
    legalHold: hold,
  }
}

/** Returns the headers that show the lock of an object. */
export const lockHeaders = ({ retention, legalHold }: Lock): Record<string, string> => ({
  ...(retention === undefined
    ? {}
    : {
        [`${prefix}mode`]: retention.mode,
        [`${prefix}retain-until-date`]: isoTime(retention.until),
      }),
  ...(legalHold === undefined ? {} : { [`${prefix}legal-hold`]: legalHold }),
})

/** Checks that a version may be deleted for good. @throws {S3Error} `AccessDenied`. */
export const checkUnlocked = (call: Call, bucket: Bucket, key: string, versionId: string): void => {
  const version = bucket.versions(key).find((one) => one.versionId === versionId)
  if (version === undefined || version.deleted) return
  const { retention, legalHold } = version
  const retained =
    retention !== undefined &&
    retention.until > Date.now() &&
    !(retention.mode === 'GOVERNANCE' && bypasses(call, bucket, key))
  if (retained || legalHold === 'ON') throw protectedByLock()
}

/** Checks that the retention of a version may be replaced: a shorter or weaker one needs a bypass. @throws {S3Error} */
export const checkRetentionChange = (
  call: Call,
  before: Retention | undefined,
  after: Retention | undefined,
): void => {
  if (before === undefined || before.until <= Date.now()) return
  const stronger = after?.mode === before.mode && after.until >= before.until
  const bypassed = before.mode === 'GOVERNANCE' && bypasses(call, call.bucket, call.key)
  if (!stronger && !bypassed) throw protectedByLock()
}

/** Returns a mode. @throws {S3Error} `InvalidArgument`. */
export const readMode = (text: string): Retention['mode'] => {
  if (text === 'GOVERNANCE' || text === 'COMPLIANCE') return text
  throw new S3Error('InvalidArgument', {
    message: 'Unknown wormMode directive.',
    details: { ArgumentName: `${prefix}mode`, ArgumentValue: text },
  })
}

/** Returns a time in the future. @throws {S3Error} `InvalidArgument`. */
export const readUntil = (text: string): number => {
  const until = Date.parse(text)
  const details = { ArgumentName: `${prefix}retain-until-date`, ArgumentValue: text }
  if (Number.isNaN(until))
    throw new S3Error('InvalidArgument', {
      message: 'The retain until date must be provided in ISO 8601 format',
      details,
    })
  if (until <= Date.now())
    throw new S3Error('InvalidArgument', {
      message: 'The retain until date must be in the future!',
      details,
    })
  return until
}

/** Returns the error for a lock in a bucket that has none. */
export const noLock = (): S3Error =>
  new S3Error('InvalidRequest', { message: 'Bucket is missing Object Lock Configuration' })

// ---

const protectedByLock = () =>
  new S3Error('AccessDenied', {
    message: 'Access Denied because object protected by object lock.',
  })

const bypasses = (call: Call, bucket: Bucket, key: string): boolean => {
  if (call.request.header('x-amz-bypass-governance-retention')?.toLowerCase() !== 'true')
    return false
  call.authorize('s3:BypassGovernanceRetention', { bucket, key })
  return true
}

const defaultRetention = (lock: BucketSettings['objectLock']): Retention | undefined => {
  if (lock?.mode === undefined) return undefined
  const until = new Date()
  if (lock.days !== undefined) until.setUTCDate(until.getUTCDate() + lock.days)
  if (lock.years !== undefined) until.setUTCFullYear(until.getUTCFullYear() + lock.years)
  return { mode: lock.mode, until: until.getTime() }
}
