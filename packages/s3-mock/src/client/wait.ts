import { setTimeout as delay } from 'node:timers/promises'
import { isMesocosmError, type WaitOptions, within } from 'mesocosm'
import { openEvents } from './events.ts'
import { listAll, listBuckets } from './listing.ts'
import type { S3Place } from './place.ts'
import type { Requests } from './requests.ts'
import type { S3Match, S3ObjectInfo, S3Predicate } from './types.ts'

/** How often to look while the server tells of news by itself, and while it does not. */
const pollMs = { told: 1_000, untold: 50 }

/** The first object that matches, there already or still to come. A server that is away is waited for, too. */
export const waitForObject = async (
  place: S3Place,
  requests: Requests,
  match: S3Match | S3Predicate,
  options: WaitOptions,
): Promise<S3ObjectInfo> => {
  let seen: readonly S3ObjectInfo[] = []
  const matches =
    typeof match === 'function' ? match : (object: S3ObjectInfo) => fits(match, object)
  const what = `waiting for ${typeof match === 'function' ? 'an object' : words(match)} in ${place.service}`
  const look = async (signal: AbortSignal): Promise<S3ObjectInfo | undefined> => {
    const only = typeof match === 'function' ? undefined : match.bucket
    const buckets = only === undefined ? await listBuckets(requests, signal) : [only]
    const lists = await Promise.all(buckets.map((name) => listAll(requests, name, '', signal)))
    seen = lists.flat()
    for (const object of seen) if (await matches(object)) return object
    return undefined
  }
  const wait = async (signal: AbortSignal): Promise<S3ObjectInfo> => {
    const end = new AbortController()
    const until = AbortSignal.any([signal, end.signal])
    let news = Promise.withResolvers<void>()
    const follow = async () => {
      const { ended } = await openEvents(place, () => news.resolve(), until)
      return { ended }
    }
    let line: Promise<{ readonly ended: Promise<void> } | undefined> | undefined
    try {
      for (;;) {
        const found = await look(signal).catch(unlessAway)
        if (found !== undefined) return found
        if (line === undefined && place.bundled) {
          // Only now: mostly it is there at the first look. It is looked at once more, as it may have come meanwhile.
          line = follow().catch(() => undefined)
          await line
          continue
        }
        const told = line !== undefined && (await line) !== undefined
        await Promise.race([
          news.promise,
          delay(told ? pollMs.told : pollMs.untold, undefined, { signal: until }),
        ])
        news = Promise.withResolvers<void>()
      }
    } finally {
      end.abort()
      await (await line)?.ended
    }
  }
  return within(what, options, wait, () => listed(seen))
}

// ---

const fits = ({ bucket, key }: S3Match, object: S3ObjectInfo): boolean =>
  (bucket === undefined || bucket === object.bucket) &&
  (key === undefined ||
    (typeof key === 'string' ? key === object.key : object.key.search(key) !== -1))

const words = ({ bucket, key }: S3Match): string =>
  [
    'an object',
    ...(key === undefined ? [] : [`${key}`]),
    ...(bucket === undefined ? [] : [`in bucket ${bucket}`]),
  ].join(' ')

/** The server may be on its way back, and the bucket yet to be made. */
const unlessAway = (error: unknown): undefined => {
  if (!isMesocosmError(error)) throw error
  const { status, s3Code } = error.facts
  if (status !== undefined && s3Code !== 'NoSuchBucket') throw error
  return undefined
}

const listed = (objects: readonly S3ObjectInfo[]): string[] => {
  if (objects.length === 0) return ['there is no object at all']
  const shown = objects
    .slice(0, 20)
    .map(({ bucket, key, size }) => `${bucket}/${key} (${size} bytes)`)
  const more = objects.length - shown.length
  return more === 0 ? shown : [...shown, `and ${more} more`]
}
