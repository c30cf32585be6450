import { type WaitOptions, within } from 'mesocosm'
import { openEvents } from './events.ts'
import { refusedBy } from './failure.ts'
import { listAll, unquoted } from './listing.ts'
import type { S3Place } from './place.ts'
import { createRequests, type Requests } from './requests.ts'
import type { S3Client, S3Content } from './types.ts'
import { upload } from './upload.ts'
import { waitForObject } from './wait.ts'

const longMs = 60_000

/** @param onRelease where to leave what must end before the service does. */
export const createS3Client = (
  place: S3Place,
  onRelease: (release: () => Promise<void>) => void,
): S3Client => {
  const requests = createRequests(place)
  const name = (bucket: string, key: string) => `${bucket}/${key} in ${place.service}`
  const long = (options: WaitOptions): WaitOptions => ({ timeoutMs: longMs, ...options })
  return {
    put: (bucket, key, body, options = {}) =>
      within(`writing ${name(bucket, key)}`, long(options), (signal) =>
        upload(requests, { bucket, key }, body, options, signal),
      ),
    get: (bucket, key, options = {}) =>
      within(`reading ${name(bucket, key)}`, long(options), async (signal) => {
        const { versionId, range } = options
        const response = await requests.ok({
          method: 'GET',
          bucket,
          key,
          ...(versionId === undefined ? {} : { query: { versionId } }),
          ...(range === undefined ? {} : { headers: { range: `bytes=${range[0]}-${range[1]}` } }),
          signal,
        })
        return contentOf(bucket, key, response)
      }),
    list: (bucket, prefix = '', options = {}) =>
      within(`listing ${bucket} in ${place.service}`, options, (signal) =>
        listAll(requests, bucket, prefix, signal),
      ),
    exists: (bucket, key, options = {}) =>
      within(`looking for ${name(bucket, key)}`, options, async (signal) => {
        const response = await requests.send({ method: 'HEAD', bucket, key, signal })
        if (response.ok) return true
        if (response.status === 404) return false
        throw await refusedBy(place.service, `HEAD /${bucket}/${key}`, response)
      }),
    delete: (bucket, key, options = {}) =>
      within(`deleting ${name(bucket, key)}`, options, async (signal) => {
        await requests.ok({ method: 'DELETE', bucket, key, signal })
      }),
    presign: (bucket, key, { method = 'GET', expiresInS = 900, from = 'test', query = {} } = {}) =>
      requests.presign(
        {
          method,
          bucket,
          key,
          query,
          headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' },
        },
        { expiresInS, url: from === 'test' ? place.url : place.insideUrl },
      ),
    waitForObject: (match = {}, options = {}) => waitForObject(place, requests, match, options),
    async onEvent(listener, options = {}) {
      const end = new AbortController()
      const { ended } = await within(`listening to ${place.service}`, options, async (signal) => {
        // The time is for getting through, not for listening.
        const stop = () => end.abort(signal.reason)
        signal.addEventListener('abort', stop, { once: true })
        const line = await openEvents(place, listener, end.signal)
        signal.removeEventListener('abort', stop)
        return line
      })
      let failure: { readonly error: unknown } | undefined
      const told = ended.catch((error: unknown) => {
        failure = { error }
      })
      // What the listener threw is thrown once, by whoever ends it first.
      const close = async () => {
        end.abort()
        await told
        const { error } = failure ?? {}
        failure = undefined
        if (error !== undefined) throw error
      }
      onRelease(close)
      return { [Symbol.asyncDispose]: close }
    },
    clear: (bucket, options = {}) =>
      within(`clearing ${bucket ?? 'all buckets'} in ${place.service}`, long(options), (signal) =>
        bucket === undefined && place.bundled
          ? resetAll(place, signal)
          : emptyAll(requests, bucket === undefined ? place.buckets : [bucket], signal),
      ),
  }
}

// ---

const contentOf = async (bucket: string, key: string, response: Response): Promise<S3Content> => {
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { headers } = response
  const text = () => Buffer.from(bytes).toString('utf8')
  return {
    bucket,
    key,
    bytes,
    size: bytes.length,
    etag: unquoted(headers.get('etag') ?? ''),
    lastModified: new Date(headers.get('last-modified') ?? Number.NaN),
    contentType: headers.get('content-type') ?? '',
    versionId: headers.get('x-amz-version-id') ?? undefined,
    metadata: Object.fromEntries(
      [...headers]
        .filter(([header]) => header.startsWith('x-amz-meta-'))
        .map(([header, value]) => [header.slice('x-amz-meta-'.length), value]),
    ),
    text,
    json: <T>() => JSON.parse(text()) as T,
  }
}

const resetAll = async ({ service, url, accessKeyId }: S3Place, signal: AbortSignal) => {
  const address = `${url}/_mesocosm/keys/${encodeURIComponent(accessKeyId)}`
  const response = await fetch(address, { method: 'POST', signal })
  if (!response.ok) throw await refusedBy(service, 'a reset', response)
}

const emptyAll = async (requests: Requests, buckets: readonly string[], signal: AbortSignal) => {
  for (const bucket of buckets)
    for (const { key } of await listAll(requests, bucket, '', signal))
      await requests.ok({ method: 'DELETE', bucket, key, signal })
}
