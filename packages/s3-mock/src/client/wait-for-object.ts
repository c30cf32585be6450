import { isMesocosmError, type WaitOptions } from 'mesocosm'
import { pollArrivals, textMatcher } from 'mesocosm/plugin'
import type { S3Endpoint } from './endpoint.ts'
import { openEvents } from './events.ts'
import { listAll, listBuckets } from './listing.ts'
import type { Requests } from './requests.ts'
import type { S3Match, S3ObjectInfo, S3Predicate } from './types.ts'

/** Returns the first object that matches. Also waits for a server that does not answer yet, and for a missing bucket. */
export const waitForObject = async (
  endpoint: S3Endpoint,
  requests: Requests,
  match: S3Match | S3Predicate,
  options?: WaitOptions,
): Promise<S3ObjectInfo> => {
  const { service, bundled } = endpoint
  const { matches, words, bucket } = matcherOf(match)
  return await pollArrivals(
    {
      awaited: `${words} in ${service}`,
      noun: 'object',
      remedy: `check in the sender's log whether it wrote one, and to which bucket`,
      async look(signal) {
        const buckets = bucket === undefined ? await listBuckets(requests, signal) : [bucket]
        const lists = await Promise.all(buckets.map((name) => listAll(requests, name, '', signal)))
        return lists.flat()
      },
      matches,
      isAway,
      ...(bundled
        ? {
            async follow(onNews: () => void, signal: AbortSignal) {
              const { ended } = await openEvents(endpoint, onNews, signal)
              onNews()
              await ended
            },
          }
        : {}),
      lineOf: ({ bucket, key, size }) => `${bucket}/${key} (${size} bytes)`,
      facts: () => ({ service }),
    },
    options,
  )
}

// ---

const matcherOf = (match: S3Match | S3Predicate) => {
  if (typeof match === 'function') return { matches: match, words: 'an object', bucket: undefined }
  const { bucket, key } = match
  const isKey =
    key === undefined ? () => true : key instanceof RegExp ? textMatcher(key) : isEqual(key)
  return {
    matches: (object: S3ObjectInfo) =>
      (bucket === undefined || bucket === object.bucket) && isKey(object.key),
    words: [
      'an object',
      ...(key === undefined ? [] : [`${key}`]),
      ...(bucket === undefined ? [] : [`in bucket ${bucket}`]),
    ].join(' '),
    bucket,
  }
}

const isEqual = (expected: string) => (value: string) => value === expected

/** The server may start again, and the bucket may be created later. */
const isAway = (error: unknown): boolean =>
  isMesocosmError(error) &&
  (error.facts.status === undefined || error.facts.s3Code === 'NoSuchBucket')
