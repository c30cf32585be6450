import type { WaitOptions } from 'mesocosm'
import { expectations, withTimeout } from 'mesocosm/plugin'
import type { S3Endpoint } from './endpoint.ts'
import { openEvents } from './events.ts'
import { s3Expectations } from './expectations.ts'
import { listAll, unquoted } from './listing.ts'
import { refused } from './refused.ts'
import { createRequests, type Requests } from './requests.ts'
import type { S3Client, S3Content } from './types.ts'
import { upload } from './upload.ts'
import { waitForObject } from './wait-for-object.ts'

const longMs = 60_000

/**
 * Returns the methods of a handle. `onRelease` registers what must end before the service is stopped or recreated,
 * `recordCaptured` is called before objects are removed by a reset.
 */
export const createS3Client = (
  endpoint: S3Endpoint,
  onRelease: (release: () => Promise<void>) => void,
  recordCaptured: () => Promise<void> = async () => {},
): S3Client => {
  const requests = createRequests(endpoint)
  const name = (bucket: string, key: string) => `${bucket}/${key} in ${endpoint.service}`
  const long = (options: WaitOptions): WaitOptions => ({ timeoutMs: longMs, ...options })
  return {
    put: (bucket, key, body, options = {}) =>
      withTimeout(`writing ${name(bucket, key)}`, long(options), (signal) =>
        upload(requests, { bucket, key }, body, options, signal),
      ),
    get: (bucket, key, options = {}) =>
      withTimeout(`reading ${name(bucket, key)}`, long(options), async (signal) => {
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
      withTimeout(`listing ${bucket} in ${endpoint.service}`, options, (signal) =>
        listAll(requests, bucket, prefix, signal),
      ),
    exists: (bucket, key, options = {}) =>
      withTimeout(`looking for ${name(bucket, key)}`, options, async (signal) => {
        const response = await requests.send({ method: 'HEAD', bucket, key, signal })
        if (response.ok) return true
        if (response.status === 404) return false
        throw await refused(endpoint.service, `HEAD /${bucket}/${key}`, response)
      }),
    delete: (bucket, key, options = {}) =>
      withTimeout(`deleting ${name(bucket, key)}`, options, async (signal) => {
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
        { expiresInS, url: from === 'test' ? endpoint.url : endpoint.insideUrl },
      ),
    waitForObject: (match = {}, options = {}) => waitForObject(endpoint, requests, match, options),
    async onEvent(listener, options = {}) {
      const end = new AbortController()
      const { ended } = await withTimeout(
        `listening to ${endpoint.service}`,
        options,
        async (signal) => {
          // The timeout is for the connection, not for how long it listens.
          const stop = () => end.abort(signal.reason)
          signal.addEventListener('abort', stop, { once: true })
          const events = await openEvents(endpoint, listener, end.signal)
          signal.removeEventListener('abort', stop)
          return events
        },
      )
      let failure: { readonly error: unknown } | undefined
      const settled = ended.catch((error: unknown) => {
        failure = { error }
      })
      // Disposal or release, whichever is first, throws what the listener threw.
      const close = async () => {
        end.abort()
        await settled
        const { error } = failure ?? {}
        failure = undefined
        if (error !== undefined) throw error
      }
      onRelease(close)
      return { [Symbol.asyncDispose]: close }
    },
    clear: (bucket, options = {}) =>
      withTimeout(
        `clearing ${bucket ?? 'all buckets'} in ${endpoint.service}`,
        long(options),
        async (signal) => {
          await recordCaptured()
          return bucket === undefined && endpoint.bundled
            ? resetAll(endpoint, signal)
            : emptyAll(requests, bucket === undefined ? endpoint.buckets : [bucket], signal)
        },
      ),
    [expectations]: s3Expectations(endpoint, requests),
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

const resetAll = async ({ service, url, accessKeyId }: S3Endpoint, signal: AbortSignal) => {
  const address = `${url}/_mesocosm/keys/${encodeURIComponent(accessKeyId)}`
  const response = await fetch(address, { method: 'POST', signal })
  if (!response.ok) throw await refused(service, 'a reset', response)
}

const emptyAll = async (requests: Requests, buckets: readonly string[], signal: AbortSignal) => {
  for (const bucket of buckets)
    for (const { key } of await listAll(requests, bucket, '', signal))
      await requests.ok({ method: 'DELETE', bucket, key, signal })
}
