import { type Expectation, type ExpectOptions, isMesocosmError } from 'mesocosm'
import { type AsymmetricMatcher, withTimeout } from 'mesocosm/plugin'
import type { S3Endpoint } from './endpoint.ts'
import { listAll } from './listing.ts'
import type { Requests } from './requests.ts'
import type { S3ObjectInfo } from './types.ts'
import { objectLine, objectMatcher, waitForObject } from './wait-for-object.ts'

/** What `expect` can wait for in an S3 server. */
export interface S3Expectations {
  /** An object of the bucket with this key, or whose key matches a pattern; default any. With `.not` none any more. */
  toHaveObject(
    bucket: string,
    key?: string | RegExp | AsymmetricMatcher,
    options?: ExpectOptions,
  ): Expectation<S3ObjectInfo>
}

/** Returns what `expect` can wait for in an S3 server. */
export const s3Expectations = (endpoint: S3Endpoint, requests: Requests): S3Expectations => ({
  toHaveObject(bucket, key, options) {
    const match = { bucket, ...(key === undefined ? {} : { key }) }
    const { matches, words } = objectMatcher(match)
    const { service } = endpoint
    return {
      awaited: `${words} in ${service}`,
      options,
      wait: (limits) => waitForObject(endpoint, requests, match, limits),
      present: (limits) =>
        withTimeout(`listing ${bucket} in ${service}`, limits, async (signal) => {
          try {
            return (await listAll(requests, bucket, '', signal)).filter(matches)
          } catch (error) {
            // A bucket that is missing has no objects.
            if (isMesocosmError(error) && error.facts.s3Code === 'NoSuchBucket') return []
            throw error
          }
        }),
      lineOf: objectLine,
      leaves: true,
    }
  },
})
