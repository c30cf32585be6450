import type { Account } from '../access/account.ts'
import { authorize } from '../access/authorize.ts'
import { partiesOf } from '../access/parties.ts'
import type { Keys } from '../auth/authenticate.ts'
import { checksumAlgorithms, checksumHeader } from '../body/checksum.ts'
import { checkChecksumText, type Expected } from '../body/expected.ts'
import { measure } from '../body/receive.ts'
import { checkBucketExists, newVersionHeader } from '../call.ts'
import type { EventName } from '../events/event.ts'
import type { Answer } from '../message/answer.ts'
import { asHeader, type S3Request } from '../message/request.ts'
import { writePlainXml } from '../message/xml.ts'
import { describe } from '../operations/describe.ts'
import { encryptionHeaders } from '../operations/encryption.ts'
import { readTagXml } from '../operations/tags.ts'
import { wholeObject } from '../operations/whole-object.ts'
import { S3Error } from '../s3-error.ts'
import type { Bucket } from '../store/bucket.ts'
import type { StoredObject } from '../store/model.ts'
import type { Tenant } from '../store/tenant.ts'
import { authenticateForm } from './authenticate-form.ts'
import { checkFields, readPolicy, sizeLimits } from './policy.ts'
import { readForm } from './read-form.ts'

/** What a form needs of the server. */
export interface PostContext {
  readonly keys: Keys
  /** Returns the sender with an access key; `undefined` for a form without a signature. */
  sender(accessKeyId: string | undefined): {
    readonly tenant: Tenant
    readonly account: Account | undefined
  }
  emit(name: EventName, tenant: Tenant, bucket: Bucket, key: string, object: StoredObject): void
}

/** Answers `POST /<bucket>` with a form: stores its file if its signed policy allows it. */
export const postObject = async (request: S3Request, context: PostContext): Promise<Answer> => {
  const {
    file,
    fileName,
    fields: given,
  } = await readForm(request.raw, request.headers.get('content-type') ?? '')
  const name = request.bucket ?? ''
  const template = given.get('key')
  if (template === undefined)
    throw new S3Error('InvalidArgument', {
      message:
        "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
      details: { ArgumentName: 'key', ArgumentValue: '' },
    })
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the placeholder of S3's forms
  const key = template.replaceAll('${filename}', fileName)
  if (key === '')
    throw new S3Error('InvalidArgument', { message: 'User key must have a length greater than 0.' })
  const fields = new Map([...given, ['bucket', name], ['key', key]])
  const signer = authenticateForm(fields, context.keys)
  const { tenant, account } = context.sender(signer)
  const bucket = tenant.bucket(name)
  const identity = { kind: 'anonymous' } as const
  authorize({ request, identity, account, action: 's3:PutObject', bucket, key })
  const policyText = fields.get('policy')
  const policy = policyText === undefined ? undefined : readPolicy(policyText)
  // The bucket is in the URL, but a policy may have a condition for it.
  if (policy !== undefined)
    checkFields(policy, withoutBucket(fields, given, policy), context.keys.now())
  const { least, most } = sizeLimits(policy ?? { expires: 0, conditions: [] })
  const described = describe(
    {
      get(field) {
        const value = fields.get(field)
        return value === undefined ? undefined : asHeader(value)
      },
      names: () => fields.keys(),
    },
    partiesOf({ tenant, bucket, account }),
    bucket.settings,
  )
  const tagging = fields.get('tagging')
  const description =
    tagging === undefined ? described : { ...described, tags: readTagXml(tagging, 10) }
  let size = 0
  const [segment, { md5, checksum }] = await bucket.blobs.write((sink) => {
    const expected = expectedOf(fields)
    const check = (bytes: Buffer) => {
      size += bytes.length
      if (size > most)
        throw new S3Error('EntityTooLarge', {
          details: { ProposedSize: size, MaxSizeAllowed: most },
        })
      return sink(bytes)
    }
    return measure(file, expected, new Map(), check, expected.checksum?.algorithm)
  })
  try {
    if (size < least)
      throw new S3Error('EntityTooSmall', {
        details: { ProposedSize: size, MinSizeAllowed: least },
      })
    checkBucketExists({ tenant }, bucket)
  } catch (error) {
    bucket.blobs.remove([segment])
    throw error
  }
  const object = bucket.put(key, wholeObject(description, segment, { md5, checksum }))
  context.emit('s3:ObjectCreated:Post', tenant, bucket, key, object)
  const { etag } = object
  return done(
    request,
    fields,
    { bucket: name, key, etag },
    {
      etag,
      ...newVersionHeader(bucket, object.versionId),
      ...encryptionHeaders(object.encryption),
    },
  )
}

// ---

const withoutBucket = (
  fields: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
  { conditions }: ReturnType<typeof readPolicy>,
): ReadonlyMap<string, string> => {
  const isConditioned = conditions.some((one) => 'field' in one && one.field === 'bucket')
  return isConditioned || given.has('bucket')
    ? fields
    : new Map([...fields].filter(([name]) => name !== 'bucket'))
}

const expectedOf = (fields: ReadonlyMap<string, string>): Expected => {
  const found = checksumAlgorithms.find((one) => fields.has(checksumHeader(one)))
  return {
    size: undefined,
    md5: undefined,
    sha256: undefined,
    framing: 'none',
    trailer: false,
    checksum:
      found === undefined
        ? undefined
        : {
            algorithm: found,
            value: checkChecksumText(found, fields.get(checksumHeader(found)) ?? ''),
          },
  }
}

const done = (
  request: S3Request,
  fields: ReadonlyMap<string, string>,
  { bucket, key, etag }: { readonly bucket: string; readonly key: string; readonly etag: string },
  headers: Readonly<Record<string, string>>,
): Answer => {
  const path = [bucket, ...key.split('/')].map(encodeURIComponent).join('/')
  const location = `http://${request.headers.get('host') ?? ''}/${path}`
  const redirect = fields.get('success_action_redirect') ?? fields.get('redirect')
  if (redirect !== undefined && URL.canParse(redirect)) {
    const url = new URL(redirect)
    for (const [name, value] of Object.entries({ bucket, key, etag }))
      url.searchParams.append(name, value)
    return { status: 303, headers: { ...headers, location: url.href } }
  }
  const status = fields.get('success_action_status')
  if (status === '201')
    return {
      status: 201,
      headers: { ...headers, location, 'content-type': 'application/xml' },
      body: writePlainXml('PostResponse', {
        Location: location,
        Bucket: bucket,
        Key: key,
        ETag: etag,
      }),
    }
  return { status: status === '200' ? 200 : 204, headers: { ...headers, location } }
}
