import { checksumElements } from '../body/checksum.ts'
import { type Operation, versionHeader } from '../call.ts'
import { httpTime, xml } from '../message/answer.ts'
import type { S3Request } from '../message/request.ts'
import type { XmlContent } from '../message/xml.ts'
import { S3Error } from '../s3-error.ts'
import type { StoredObject } from '../store/model.ts'
import { checkRead, unquoted } from './conditions.ts'
import { checkCustomerKey } from './customer-key.ts'
import { checkReadHeaders } from './encryption.ts'
import { objectOf } from './find-version.ts'

/** Answers `GET /<bucket>/<key>?attributes`. */
export const getObjectAttributes: Operation = (call) => {
  const { bucket, request } = call
  const wanted = readNames(request)
  checkReadHeaders(request.header)
  const object = objectOf(call)
  checkCustomerKey(request.header, object.encryption)
  const headers = {
    'last-modified': httpTime(object.modified),
    ...versionHeader(bucket, object.versionId),
  }
  if (checkRead(request, object)) return { status: 304, headers }
  const shown = (name: (typeof names)[number], content: XmlContent) =>
    wanted.includes(name) ? { [name]: content } : {}
  return xml(
    'GetObjectAttributesResponse',
    {
      ...shown('ETag', unquoted(object.etag)),
      ...shown('Checksum', object.checksum && checksumElements(object.checksum)),
      ...shown('ObjectParts', partsOf(request, object)),
      ...shown('StorageClass', object.storageClass),
      ...shown('ObjectSize', object.size),
    },
    headers,
  )
}

// ---

const names = ['ETag', 'Checksum', 'ObjectParts', 'StorageClass', 'ObjectSize'] as const

const readNames = (request: S3Request): readonly string[] => {
  const given = (request.header('x-amz-object-attributes') ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  if (given.length === 0)
    throw new S3Error('InvalidRequest', {
      message:
        'The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty',
    })
  const strange = given.find((name) => !names.some((known) => known === name))
  if (strange !== undefined)
    throw new S3Error('InvalidArgument', {
      message: 'Invalid attribute name specified.',
      details: { ArgumentName: 'x-amz-object-attributes', ArgumentValue: strange },
    })
  return given
}

const partsOf = (request: S3Request, { parts }: StoredObject): XmlContent => {
  if (parts === undefined) return undefined
  const most = Math.min(readNumber(request, 'x-amz-max-parts', 1000), 1000)
  const marker = readNumber(request, 'x-amz-part-number-marker', 0)
  const after = parts.filter(({ number }) => number > marker)
  const shown = after.slice(0, most)
  return {
    PartsCount: parts.length,
    PartNumberMarker: marker,
    NextPartNumberMarker: shown.at(-1)?.number ?? 0,
    MaxParts: most,
    IsTruncated: after.length > shown.length,
    Part: shown.map(({ number, size, checksum }) => {
      const { ChecksumType: _, ...sums } = checksumElements(checksum)
      return { PartNumber: number, Size: size, ...sums }
    }),
  }
}

const readNumber = (request: S3Request, name: string, otherwise: number): number => {
  const text = request.header(name)
  if (text === undefined) return otherwise
  const found = Number(text)
  if (!Number.isInteger(found) || found < 0)
    throw new S3Error('InvalidArgument', {
      details: { ArgumentName: name, ArgumentValue: text },
    })
  return found
}
