import { elementOf, unquoted } from './listing.ts'
import type { Requests } from './requests.ts'
import type { S3Body, S3PutOptions } from './types.ts'

const partSize = 8 * 1024 * 1024

/** What S3 returns for a written object. */
export interface Uploaded {
  /** Without quotation marks. */
  readonly etag: string
  /** Version, in a bucket with versions. */
  readonly versionId: string | undefined
}

/** Writes an object. A stream that is longer than 8 MiB is sent in parts of that size. */
export const upload = async (
  requests: Requests,
  where: { readonly bucket: string; readonly key: string },
  body: S3Body,
  { contentType, metadata = {}, headers = {} }: S3PutOptions,
  signal: AbortSignal,
): Promise<Uploaded> => {
  const type = contentType ?? (typeof body === 'string' ? 'text/plain; charset=utf-8' : undefined)
  const described = {
    ...headers,
    ...(type === undefined ? {} : { 'content-type': type }),
    ...Object.fromEntries(
      Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name.toLowerCase()}`, value]),
    ),
  }
  const whole = async (bytes: Uint8Array): Promise<Uploaded> => {
    const call = { method: 'PUT', ...where, headers: described, body: bytes, signal } as const
    const response = await requests.ok(call)
    await response.body?.cancel()
    return {
      etag: unquoted(response.headers.get('etag') ?? ''),
      versionId: response.headers.get('x-amz-version-id') ?? undefined,
    }
  }
  if (typeof body === 'string') return whole(Buffer.from(body))
  if (body instanceof Uint8Array) return whole(body)
  const parts = inParts(body)
  const first = await parts.next()
  const second = await parts.next()
  if (second.done) return whole(first.value ?? new Uint8Array())
  return inSeveral(requests, where, described, [first.value, second.value], parts, signal)
}

// ---

const inSeveral = async (
  requests: Requests,
  where: { readonly bucket: string; readonly key: string },
  headers: Readonly<Record<string, string>>,
  first: readonly (Uint8Array | undefined)[],
  rest: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<Uploaded> => {
  // Conditions are checked when the upload is completed.
  const { 'if-none-match': none, 'if-match': match, ...described } = headers
  const begun = await requests.ok({
    method: 'POST',
    ...where,
    query: { uploads: '' },
    headers: described,
    signal,
  })
  const uploadId = await elementOf(begun, 'UploadId')
  const etags: string[] = []
  try {
    const send = async (body: Uint8Array) => {
      const query = { partNumber: String(etags.length + 1), uploadId }
      const response = await requests.ok({ method: 'PUT', ...where, query, body, signal })
      await response.body?.cancel()
      etags.push(response.headers.get('etag') ?? '')
    }
    for (const bytes of first) if (bytes !== undefined) await send(bytes)
    for await (const bytes of rest) await send(bytes)
    const parts = etags.map(
      (etag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag></Part>`,
    )
    const done = await requests.ok({
      method: 'POST',
      ...where,
      query: { uploadId },
      headers: {
        ...(none === undefined ? {} : { 'if-none-match': none }),
        ...(match === undefined ? {} : { 'if-match': match }),
      },
      body: Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`),
      signal,
    })
    const versionId = done.headers.get('x-amz-version-id') ?? undefined
    return { etag: unquoted(await elementOf(done, 'ETag')), versionId }
  } catch (error) {
    // Has a timeout of its own, because it also runs after a timeout. If it fails, too, the first error is thrown.
    const call = { method: 'DELETE', ...where, query: { uploadId } } as const
    await requests.send({ ...call, signal: AbortSignal.timeout(2_000) }).catch(() => {})
    throw error
  }
}

async function* inParts(
  body: AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Uint8Array, undefined, undefined> {
  let pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of body) {
    let bytes: Uint8Array = typeof piece === 'string' ? Buffer.from(piece) : piece
    while (size + bytes.length >= partSize) {
      const cut = partSize - size
      yield Buffer.concat([...pieces, bytes.subarray(0, cut)])
      bytes = bytes.subarray(cut)
      pieces = []
      size = 0
    }
    pieces.push(bytes)
    size += bytes.length
  }
  if (size > 0) yield Buffer.concat(pieces)
  return undefined
}
