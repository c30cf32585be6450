import { ownerElement } from '../access/account.ts'
import type { Operation } from '../call.ts'
import { isoTime, xml } from '../message/answer.ts'
import type { Upload } from '../store/model.ts'
import { compareKeys } from '../store/sorted-keys.ts'
import { readEncoding, readMost, takePage } from './page.ts'

/** Answers `GET /<bucket>?uploads`: sorted by key, then by start. */
export const listMultipartUploads: Operation = ({ bucket, request, tenant }) => {
  const prefix = request.param('prefix') ?? ''
  const delimiter = request.param('delimiter') ?? ''
  const keyMarker = request.param('key-marker') ?? ''
  const idMarker = request.param('upload-id-marker') ?? ''
  const most = readMost(request, 'max-uploads')
  const { type, encode } = readEncoding(request)
  const sorted = [...bucket.uploads.values()]
    .sort((a, b) => compareKeys(a.key, b.key) || a.begun - b.begun || compareKeys(a.id, b.id))
    .filter(({ key }) => key.startsWith(prefix))
  const page = takePage(after(sorted, keyMarker, idMarker), {
    prefix,
    delimiter,
    most,
    shown: keyMarker,
  })
  const last = page.truncated ? page.last : undefined
  return xml('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    KeyMarker: encode(keyMarker),
    UploadIdMarker: idMarker,
    NextKeyMarker:
      last === undefined ? undefined : encode(typeof last === 'string' ? last : last.key),
    NextUploadIdMarker: last === undefined || typeof last === 'string' ? undefined : last.id,
    Prefix: encode(prefix),
    Delimiter: delimiter === '' ? undefined : encode(delimiter),
    MaxUploads: most,
    EncodingType: type,
    IsTruncated: page.truncated,
    Upload: page.entries.map((upload) => ({
      Key: encode(upload.key),
      UploadId: upload.id,
      Initiator: ownerElement(tenant.accounts, upload.initiator),
      Owner: ownerElement(tenant.accounts, upload.object.acl.owner),
      StorageClass: upload.object.storageClass,
      Initiated: isoTime(upload.begun),
      ChecksumAlgorithm: upload.checksum?.algorithm,
      ChecksumType: upload.checksum?.type,
    })),
    CommonPrefixes: page.prefixes.map((one) => ({ Prefix: encode(one) })),
  })
}

// ---

const after = (sorted: readonly Upload[], key: string, id: string): readonly Upload[] => {
  if (key === '') return sorted
  const at = sorted.findIndex((upload) => upload.key === key && upload.id === id)
  return at === -1
    ? sorted.filter((upload) => compareKeys(upload.key, key) > 0)
    : sorted.slice(at + 1)
}
