import type { Keys } from '../auth/authenticate.ts'
import { algorithm, sameText, sign, signingKey } from '../auth/canonical.ts'
import { readCredential, unsupportedMechanism } from '../auth/claim.ts'
import { checkVersion2, signVersion2 } from '../auth/version-2.ts'
import { S3Error } from '../s3-error.ts'

/**
 * Returns the access key that signed the policy of a form; `undefined` if it has no policy.
 *
 * @throws {S3Error} for an invalid signature.
 */
export const authenticateForm = (
  fields: ReadonlyMap<string, string>,
  keys: Keys,
): string | undefined => {
  const policy = fields.get('policy')
  if (policy === undefined) return undefined
  if (fields.has('awsaccesskeyid')) return authenticateVersion2(fields, policy, keys)
  if (fields.get('x-amz-algorithm') !== algorithm) throw unsupportedMechanism()
  const credential = readCredential(fields.get('x-amz-credential') ?? '')
  if (
    credential === undefined ||
    (keys.region !== 'any' && credential.scope.region !== keys.region)
  )
    throw new S3Error('InvalidArgument', {
      message: `x-amz-credential must be <key>/<date>/${keys.region}/s3/aws4_request`,
    })
  const secret = keys.secretOf(credential.accessKeyId)
  if (secret === undefined)
    throw new S3Error('InvalidAccessKeyId', {
      details: { AWSAccessKeyId: credential.accessKeyId },
    })
  const signature = sign(signingKey(secret, credential.scope), policy)
  if (!sameText(signature, fieldOf(fields, 'x-amz-signature')))
    throw new S3Error('SignatureDoesNotMatch', { details: { StringToSign: policy } })
  return credential.accessKeyId
}

// ---

const fieldOf = (fields: ReadonlyMap<string, string>, name: string): string => {
  const value = fields.get(name)
  if (value !== undefined) return value
  throw new S3Error('InvalidArgument', {
    message: `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    details: { ArgumentName: name, ArgumentValue: '' },
  })
}

const authenticateVersion2 = (
  fields: ReadonlyMap<string, string>,
  policy: string,
  keys: Keys,
): string => {
  checkVersion2(keys)
  const accessKeyId = fields.get('awsaccesskeyid') ?? ''
  const secret = keys.secretOf(accessKeyId)
  if (secret === undefined)
    throw new S3Error('InvalidAccessKeyId', { details: { AWSAccessKeyId: accessKeyId } })
  if (!sameText(signVersion2(secret, policy), fieldOf(fields, 'signature')))
    throw new S3Error('SignatureDoesNotMatch', { details: { StringToSign: policy } })
  return accessKeyId
}
