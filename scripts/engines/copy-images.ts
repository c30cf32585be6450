import type { Readable } from 'node:stream'
import { engineProgress, engineStream } from '../engine/api.ts'
import type { Endpoint } from '../engine/endpoint.ts'
import { contentHash } from '../images/content-hash.ts'
import { presentImages } from '../images/present.ts'
import { images } from '../images/table.ts'
import type { Log } from '../log.ts'

/** Copies the images of the tests that the other engine lacks, or has from another recipe. */
export const copyImages = async (from: Endpoint, to: Endpoint, log: Log): Promise<void> => {
  const [source, target] = await Promise.all([presentImages(from), presentImages(to)])
  const names = images
    .filter((row) => {
      const copy = target.get(row.name)
      // A real image has no hash: there it is enough that there is one.
      const hash = source.get(row.name)?.contentHash
      return (
        copy === undefined || (hash !== undefined && copy.contentHash !== contentHash(row, images))
      )
    })
    .map(({ name }) => name)
  if (names.length === 0) return
  log(`copying ${names.join(', ')}`)
  const body: Readable = await engineStream(from, { path: '/images/get', query: { names } })
  await engineProgress(to, { method: 'POST', path: '/images/load', body }, () => {})
}
