import { createHash } from 'node:crypto'
import { S3Error } from '../s3-error.ts'
import type { Encryption } from '../store/model.ts'

/* Keys of clients (SSE-C). The server keeps the MD5 of a key, and compares it with that of later requests. */

type Get = (name: string) => string | undefined

const own = 'x-amz-server-side-encryption-customer-'
const ofSource = 'x-amz-copy-source-server-side-encryption-customer-'

/** Returns the MD5 of the key that a request brings along. @throws {S3Error} `InvalidArgument` for an incomplete or wrong one. */
export const readCustomerKey = (get: Get, prefix = own): string | undefined => {
  const [algorithm, key, md5] = ['algorithm', 'key', 'key-md5'].map((name) => get(prefix + name))
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined
  if (key === undefined) throw invalid('must provide an appropriate secret key.')
  if (md5 === undefined) throw invalid('must provide the client calculated MD5 of the secret key.')
  if (algorithm === undefined) throw invalid('must provide a valid encryption algorithm.')
  if (algorithm !== 'AES256')
    throw new S3Error('InvalidEncryptionAlgorithmError', {
      details: { ArgumentName: `${prefix}algorithm`, ArgumentValue: algorithm },
    })
  const bytes = Buffer.from(key, 'base64')
  if (bytes.length !== 32)
    throw new S3Error('InvalidArgument', {
      message: 'The secret key was invalid for the specified algorithm.',
      details: { ArgumentName: `${prefix}key` },
    })
  if (createHash('md5').update(bytes).digest('base64') !== md5)
    throw new S3Error('InvalidArgument', {
      message: 'The calculated MD5 hash of the key did not match the hash that was provided.',
      details: { ArgumentName: `${prefix}key-MD5`, ArgumentValue: md5 },
    })
  return md5
}

/**
 * Checks that a request brings the key of an object, and none if it has none.
 *
 * @throws {S3Error} `InvalidRequest`, or `AccessDenied` for another key.
 */
export const checkCustomerKey = (get: Get, encryption: Encryption, prefix = own): void => {
  const given = readCustomerKey(get, prefix)
  if (encryption.by !== 'customer') {
    if (given === undefined) return
    throw new S3Error('InvalidRequest', {
      message: 'The encryption parameters are not applicable to this object.',
    })
  }
  if (given === undefined)
    throw new S3Error('InvalidRequest', {
      message:
        'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    })
  if (given !== encryption.keyMd5)
    throw new S3Error('AccessDenied', {
      message:
        'Requests specifying Server Side Encryption with Customer provided keys must provide the correct secret key.',
    })
}

/** Checks the key of the source of a copy. */
export const checkSourceKey = (get: Get, encryption: Encryption): void =>
  checkCustomerKey(get, encryption, ofSource)

/** Checks that a part or the completion of an upload brings the key that the upload began with. */
export const checkUploadKey = (get: Get, encryption: Encryption): void => {
  const given = readCustomerKey(get)
  const wanted = encryption.by === 'customer' ? encryption.keyMd5 : undefined
  if (given === wanted) return
  const message =
    wanted === undefined
      ? 'The multipart upload initiate did not request encryption. Please resend the request without sending encryption parameters.'
      : given === undefined
        ? 'The multipart upload initiate requested encryption. Subsequent part requests must include the appropriate encryption parameters.'
        : 'The provided encryption parameters did not match the ones used originally.'
  throw new S3Error('InvalidRequest', { message })
}

// ---

const invalid = (rest: string) =>
  new S3Error('InvalidArgument', {
    message: `Requests specifying Server Side Encryption with Customer provided keys ${rest}`,
  })
