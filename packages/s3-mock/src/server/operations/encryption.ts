import { randomBytes } from 'node:crypto'
import { child, readXml, textOf, type XmlNode } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { BucketSettings, Encryption } from '../store/model.ts'
import { readCustomerKey } from './customer-key.ts'

type Get = (name: string) => string | undefined

const header = 'x-amz-server-side-encryption'
const kmsHeaders = ['-aws-kms-key-id', '-context', '-bucket-key-enabled'].map(
  (end) => `${header}${end}`,
)

/** Returns how a new object is encrypted: as the request says, else as its bucket does. @throws {S3Error} */
export const readEncryption = (get: Get, settings: BucketSettings): Encryption => {
  const by = get(header)
  const keyMd5 = readCustomerKey(get)
  const rule = defaultRule(settings)
  if (keyMd5 !== undefined) {
    if (by !== undefined)
      throw argument(
        by,
        'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      )
    if (textOf(child(rule, 'BlockedEncryptionTypes'), 'EncryptionType') === 'SSE-C')
      throw new S3Error('AccessDenied')
    return { by: 'customer', keyMd5 }
  }
  const [strange] = kmsHeaders.filter((name) => get(name) !== undefined)
  if (by === 'aws:kms' || by === 'aws:kms:dsse') {
    const context = get(`${header}-context`)
    checkContext(context)
    return {
      by,
      keyId: get(`${header}-aws-kms-key-id`) ?? managedKey(settings),
      context,
      bucketKey: get(`${header}-bucket-key-enabled`)?.toLowerCase() === 'true',
    }
  }
  if (by !== undefined && by !== 'AES256')
    throw argument(by, 'The encryption method specified is not supported')
  if (strange !== undefined && strange !== `${header}-bucket-key-enabled`)
    throw argument(
      by ?? '',
      'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms',
    )
  return by === undefined ? defaultEncryption(settings, rule) : { by }
}

/** Returns the headers that show how an object is encrypted. */
export const encryptionHeaders = (encryption: Encryption): Record<string, string> => {
  switch (encryption.by) {
    case 'AES256':
      return { [header]: encryption.by }
    case 'customer':
      return {
        [`${header}-customer-algorithm`]: 'AES256',
        [`${header}-customer-key-md5`]: encryption.keyMd5,
      }
    default:
      return {
        [header]: encryption.by,
        [`${header}-aws-kms-key-id`]: encryption.keyId,
        ...(encryption.bucketKey ? { [`${header}-bucket-key-enabled`]: 'true' } : {}),
      }
  }
}

/** Checks that a read does not name an encryption, which S3 refuses. @throws {S3Error} `InvalidArgument`. */
export const checkReadHeaders = (get: Get): void => {
  const by = get(header)
  if (by !== undefined) throw argument(by, `${header} header is not supported for this operation.`)
}

/** Returns the etag of data, without quotation marks. It is their MD5 only if no key of KMS or of the client encrypts them. */
export const etagText = (encryption: Encryption, md5: () => string): string =>
  isOpaque(encryption) ? randomBytes(16).toString('hex') : md5()

/** Returns whether the etag is not the MD5 of the data. */
export const isOpaque = ({ by }: Encryption): boolean => by !== 'AES256'

// ---

const argument = (value: string, message: string) =>
  new S3Error('InvalidArgument', {
    message,
    details: { ArgumentName: header, ArgumentValue: value },
  })

/** The key that KMS keeps for S3, if a request names none. */
const managedKey = ({ location }: BucketSettings): string =>
  `arn:aws:kms:${location ?? 'us-east-1'}:000000000000:alias/aws/s3`

const checkContext = (context: string | undefined) => {
  if (context === undefined) return
  try {
    const value: unknown = JSON.parse(Buffer.from(context, 'base64').toString())
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return
  } catch {
    // It is refused below.
  }
  throw new S3Error('InvalidArgument', {
    message: 'The header x-amz-server-side-encryption-context is not base64 of a JSON object.',
    details: { ArgumentName: `${header}-context`, ArgumentValue: context },
  })
}

const defaultRule = ({ documents }: BucketSettings): XmlNode | undefined => {
  const text = documents.encryption
  return text === undefined
    ? undefined
    : child(readXml(text, 'ServerSideEncryptionConfiguration'), 'Rule')
}

const defaultEncryption = (settings: BucketSettings, rule: XmlNode | undefined): Encryption => {
  const found = child(rule, 'ApplyServerSideEncryptionByDefault')
  const by = textOf(found, 'SSEAlgorithm')?.trim()
  if (by !== 'aws:kms' && by !== 'aws:kms:dsse') return { by: 'AES256' }
  return {
    by,
    keyId: textOf(found, 'KMSMasterKeyID')?.trim() ?? managedKey(settings),
    context: undefined,
    bucketKey: textOf(rule, 'BucketKeyEnabled')?.trim() === 'true',
  }
}
