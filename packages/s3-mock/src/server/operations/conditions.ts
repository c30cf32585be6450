import { httpTime } from '../message/answer.ts'
import type { S3Request } from '../message/request.ts'
import { S3Error } from '../s3-error.ts'
import type { StoredObject } from '../store/model.ts'

/**
 * Checks the conditions of a write: `If-None-Match: *` and `If-Match: <etag>`.
 *
 * @param current the current object of the key.
 */
export const checkWrite = (request: S3Request, current: StoredObject | undefined): void => {
  const none = request.headers.get('if-none-match')
  if (none !== undefined && none !== '*')
    throw new S3Error('NotImplemented', { details: { Header: 'If-None-Match', Value: none } })
  if (none === '*' && current !== undefined) throw failed('If-None-Match')
  const match = request.headers.get('if-match')
  if (match === undefined) return
  if (current === undefined) throw new S3Error('NoSuchKey', { details: { Key: request.key ?? '' } })
  if (!matches(match, current)) throw failed('If-Match')
}

/** Returns whether the client already has the object, for status 304. @throws {S3Error} `PreconditionFailed`. */
export const checkRead = (request: S3Request, object: StoredObject): boolean => {
  const given = (name: string) => request.headers.get(name)
  const match = given('if-match')
  if (match !== undefined && !matches(match, object)) throw failed('If-Match')
  const unmodified = given('if-unmodified-since')
  if (match === undefined && unmodified !== undefined && isAfter(object, unmodified))
    throw failed('If-Unmodified-Since')
  const none = given('if-none-match')
  if (none !== undefined) return matches(none, object)
  const modified = given('if-modified-since')
  return modified !== undefined && isBefore(object, modified)
}

/** Checks the conditions on the source of a copy. */
export const checkCopySource = (request: S3Request, source: StoredObject): void => {
  const given = (name: string) => request.headers.get(`x-amz-copy-source-if-${name}`)
  const match = given('match')
  const unmodified = given('unmodified-since')
  const none = given('none-match')
  const modified = given('modified-since')
  const fails =
    (match !== undefined && !matches(match, source)) ||
    (match === undefined && unmodified !== undefined && isAfter(source, unmodified)) ||
    (none !== undefined && matches(none, source)) ||
    (none === undefined && modified !== undefined && isBefore(source, modified))
  if (fails) throw failed('x-amz-copy-source-If-')
}

/** Returns an etag without quotation marks and weakness prefix. */
export const unquoted = (etag: string): string => etag.trim().replace(/^(W\/)?"|"$/g, '')

// ---

const failed = (condition: string) =>
  new S3Error('PreconditionFailed', { details: { Condition: condition } })

const matches = (list: string, { etag }: StoredObject): boolean =>
  list.trim() === '*' || list.split(',').some((one) => unquoted(one) === unquoted(etag))

/** Rounds down to seconds, as headers do. */
const seconds = ({ modified }: StoredObject) => Date.parse(httpTime(modified))

const isAfter = (object: StoredObject, time: string) => seconds(object) > Date.parse(time)

const isBefore = (object: StoredObject, time: string) => seconds(object) <= Date.parse(time)
