import type { Requests } from './requests.ts'
import type { S3ObjectInfo } from './types.ts'

/** Returns all objects of a bucket whose key has a prefix. */
export const listAll = async (
  requests: Requests,
  bucket: string,
  prefix: string,
  signal: AbortSignal,
): Promise<S3ObjectInfo[]> => {
  const found: S3ObjectInfo[] = []
  let token: string | undefined
  do {
    const response = await requests.ok({
      method: 'GET',
      bucket,
      query: {
        'list-type': '2',
        'encoding-type': 'url',
        ...(prefix === '' ? {} : { prefix }),
        ...(token === undefined ? {} : { 'continuation-token': token }),
      },
      signal,
    })
    const { ListBucketResult: page } = await read<{ ListBucketResult: Page }>(response)
    for (const entry of page.Contents ?? [])
      found.push({
        bucket,
        // Servers differ in how they encode a space.
        key:
          page.EncodingType === 'url'
            ? decodeURIComponent(entry.Key.replaceAll('+', '%20'))
            : entry.Key,
        size: Number(entry.Size),
        etag: unquoted(entry.ETag),
        lastModified: new Date(entry.LastModified),
      })
    token = page.IsTruncated === 'true' ? page.NextContinuationToken : undefined
  } while (token !== undefined)
  return found
}

/** Returns the names of all buckets of the access key. */
export const listBuckets = async (requests: Requests, signal: AbortSignal): Promise<string[]> => {
  const response = await requests.ok({ method: 'GET', signal })
  const { ListAllMyBucketsResult: all } = await read<{
    ListAllMyBucketsResult: {
      readonly Buckets?: { readonly Bucket?: readonly { Name: string }[] } | ''
    }
  }>(response)
  return (all.Buckets === '' ? undefined : all.Buckets)?.Bucket?.map(({ Name }) => Name) ?? []
}

/** Returns the text of an XML element of a response. */
export const elementOf = async (response: Response, name: string): Promise<string> => {
  const found = new RegExp(`<${name}>([^<]*)</${name}>`).exec(await response.text())?.[1]
  if (found === undefined) throw new Error(`the response has no ${name}`)
  return found.replaceAll('&quot;', '"')
}

/** Returns an etag without quotation marks. */
export const unquoted = (etag: string): string => etag.replace(/^"|"$/g, '')

// ---

interface Page {
  readonly Contents?: readonly {
    readonly Key: string
    readonly Size: string
    readonly ETag: string
    readonly LastModified: string
  }[]
  readonly EncodingType?: string
  readonly IsTruncated?: string
  readonly NextContinuationToken?: string
}

const read = async <T>(response: Response): Promise<T> => {
  const { XMLParser } = await import('fast-xml-parser')
  const parser = new XMLParser({
    parseTagValue: false,
    trimValues: false,
    isArray: (name) => name === 'Contents' || name === 'Bucket',
  })
  return parser.parse(await response.text()) as T
}
