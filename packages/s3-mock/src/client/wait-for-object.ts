import { isMesocosmError, type WaitOptions } from 'mesocosm'
import { asymmetricWords, isAsymmetric, pollArrivals, textMatcher } from 'mesocosm/plugin'
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
  const { matches, words, bucket } = objectMatcher(match)
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
      lineOf: objectLine,
      facts: () => ({ service }),
    },
    options,
  )
}

/** Returns the matcher of a `match` parameter, its words in errors, and the bucket that it names. */
export const objectMatcher = (match: S3Match | S3Predicate) => {
  if (typeof match === 'function') return { matches: match, words: 'an object', bucket: undefined }
  const { bucket, key } = match
  const isKey = keyTest(key)
  return {
    matches: (object: S3ObjectInfo) =>
      (bucket === undefined || bucket === object.bucket) && isKey(object.key),
    words: [
      'an object',
      ...(key === undefined ? [] : [isAsymmetric(key) ? asymmetricWords(key) : `${key}`]),
      ...(bucket === undefined ? [] : [`in bucket ${bucket}`]),
    ].join(' '),
    bucket,
  }
}

/** Returns a line that shows an object. */
export const objectLine = ({ bucket, key, size }: S3ObjectInfo): string =>
  `${bucket}/${key} (${size} bytes)`

// ---

const keyTest = (key: S3Match['key']): ((value: string) => boolean) => {
  if (key === undefined) return () => true
  if (isAsymmetric(key)) return (value) => key.asymmetricMatch(value)
  return key instanceof RegExp ? textMatcher(key) : (value) => value === key
}

/** The server may start again, and the bucket may be created later. */
const isAway = (error: unknown): boolean =>
  isMesocosmError(error) &&
  (error.facts.status === undefined || error.facts.s3Code === 'NoSuchBucket')
