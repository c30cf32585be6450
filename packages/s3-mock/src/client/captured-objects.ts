import type { Capture } from 'mesocosm/plugin'
import { refused } from './refused.ts'
import type { S3Client } from './types.ts'

/** The server that is asked. */
export interface CapturedFrom {
  /** Name of the service. */
  readonly service: string
  /** Its address. */
  readonly url: string
  /** Access key of the lane. */
  readonly accessKeyId: string
}

/** Returns what the bundled server has written and deleted since the last reset. */
export const capturedObjects = async (
  { service, url, accessKeyId }: CapturedFrom,
  signal: AbortSignal,
): Promise<Capture[]> => {
  const address = `${url}/_mesocosm/recent?${new URLSearchParams({ key: accessKeyId })}`
  const response = await fetch(address, { signal })
  if (!response.ok) throw await refused(service, 'GET recent', response)
  return ((await response.json()) as RecentEvent[]).map(captured)
}

/** Returns the objects that another server has, as written: it does not say what was deleted. */
export const listedObjects = async (
  { list }: Pick<S3Client, 'list'>,
  buckets: readonly string[],
  signal: AbortSignal,
): Promise<Capture[]> => {
  const lists = await Promise.all(buckets.map((bucket) => list(bucket, '', { signal })))
  return lists.flat().map(({ bucket, key, size, etag, lastModified }) => ({
    kind: 'object',
    id: `${bucket}/${key} ${etag} ${Number(lastModified)}`,
    at: lastModified,
    do: 'put',
    bucket,
    key,
    bytes: size,
  }))
}

// ---

/** An event as the bundled server keeps it. */
interface RecentEvent {
  readonly id: string
  readonly name: string
  readonly at: number
  readonly bucket: string
  readonly key: string
  readonly size?: number
  readonly type?: string
  readonly versionId?: string
}

const captured = ({ id, name, at, bucket, key, size, type, versionId }: RecentEvent): Capture => ({
  kind: 'object',
  id,
  at: new Date(at),
  do: name.startsWith('s3:ObjectRemoved:') ? 'delete' : 'put',
  bucket,
  key,
  ...(size === undefined ? {} : { bytes: size }),
  ...(type === undefined ? {} : { type }),
  ...(versionId === undefined ? {} : { versionId }),
})
