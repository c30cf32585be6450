import { parseXml } from '../../../../../../servers/page/browser/parse-inert.ts'

/** An object in a list. */
export interface Listed {
  readonly key: string
  readonly size: number
  readonly modified: string
}

/** A page of a list. */
export interface Listing {
  readonly folders: readonly string[]
  readonly objects: readonly Listed[]
  /** Continues the list; `undefined` at its end. */
  readonly next: string | undefined
}

/** A version of an object. */
export interface ObjectVersion {
  readonly id: string
  readonly modified: string
  readonly size: number
  readonly latest: boolean
  /** Whether it says that the object was deleted. */
  readonly deleted: boolean
}

/** What is known of an object without its content. */
export interface ObjectHead {
  readonly size: number
  readonly type: string
  /** Headers that describe it, by name. */
  readonly facts: readonly (readonly [name: string, value: string])[]
  readonly metadata: readonly (readonly [name: string, value: string])[]
}

/** Requests of S3 with the rights of an access key. */
export class S3Api {
  readonly account: string

  constructor(account: string) {
    this.account = account
  }

  /** Returns the address of a bucket or object, to show or `save` it. */
  address(bucket: string, key = '', query: Query = {}, kind: 's3' | 'save' = 's3'): string {
    const path = key.split('/').map(encode).join('/')
    const parameters = new URLSearchParams(Object.entries(query)).toString()
    const start = `/_mesocosm/${kind}/${encode(this.account)}/${encode(bucket)}`
    return `${start}${key === '' ? '' : `/${path}`}${parameters === '' ? '' : `?${parameters}`}`
  }

  async buckets(): Promise<string[]> {
    const document = await this.#xml('')
    return all(document, 'Bucket').map((bucket) => text(bucket, 'Name'))
  }

  /** Lists what is in a folder: objects, and folders by their prefix. */
  async list(bucket: string, prefix: string, after?: string): Promise<Listing> {
    const document = await this.#xml(bucket, '', {
      'list-type': '2',
      'encoding-type': 'url',
      delimiter: '/',
      'max-keys': '200',
      prefix,
      ...(after === undefined ? {} : { 'continuation-token': after }),
    })
    return {
      folders: all(document, 'CommonPrefixes').map((one) => decoded(text(one, 'Prefix'))),
      objects: all(document, 'Contents').map((one) => ({
        key: decoded(text(one, 'Key')),
        size: Number(text(one, 'Size')),
        modified: text(one, 'LastModified'),
      })),
      next: document.querySelector('NextContinuationToken')?.textContent ?? undefined,
    }
  }

  async head(bucket: string, key: string, version: Query): Promise<ObjectHead> {
    const { headers } = await this.#ask('HEAD', this.address(bucket, key, version))
    const named = (start: string) => [...headers].filter(([name]) => name.startsWith(start))
    return {
      size: Number(headers.get('content-length')),
      type: headers.get('content-type') ?? '',
      facts: [...headers].filter(([name]) => shownHeaders.test(name)),
      metadata: named('x-amz-meta-').map(([name, value]) => [
        name.slice('x-amz-meta-'.length),
        value,
      ]),
    }
  }

  async tags(bucket: string, key: string, version: Query): Promise<(readonly [string, string])[]> {
    const document = await this.#xml(bucket, key, { tagging: '', ...version })
    return all(document, 'Tag').map((tag) => [text(tag, 'Key'), text(tag, 'Value')])
  }

  /** Returns the versions of an object, newest first; at most 1,000. */
  async versions(bucket: string, key: string): Promise<ObjectVersion[]> {
    const document = await this.#xml(bucket, '', {
      versions: '',
      'encoding-type': 'url',
      prefix: key,
    })
    return all(document, 'Version, DeleteMarker')
      .filter((one) => decoded(text(one, 'Key')) === key)
      .map((one) => ({
        id: text(one, 'VersionId'),
        modified: text(one, 'LastModified'),
        size: Number(text(one, 'Size')),
        latest: text(one, 'IsLatest') === 'true',
        deleted: one.tagName === 'DeleteMarker',
      }))
      .sort((one, other) => other.modified.localeCompare(one.modified))
  }

  /** Returns the beginning of an object. */
  async beginning(bucket: string, key: string, version: Query, bytes: number): Promise<string> {
    const response = await this.#ask('GET', this.address(bucket, key, version), undefined, {
      range: `bytes=0-${bytes - 1}`,
    })
    return new TextDecoder().decode(await response.arrayBuffer())
  }

  async put(bucket: string, key: string, file: File): Promise<void> {
    await this.#ask('PUT', this.address(bucket, key), file, {
      'content-type': file.type || 'application/octet-stream',
    })
  }

  async delete(bucket: string, key: string, version: Query = {}): Promise<void> {
    await this.#ask('DELETE', this.address(bucket, key, version))
  }

  async #xml(bucket: string, key = '', query: Query = {}): Promise<Document> {
    return parseXml(await (await this.#ask('GET', this.address(bucket, key, query))).text())
  }

  async #ask(
    method: string,
    address: string,
    body?: File,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Response> {
    const response = await fetch(address, {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    })
    if (response.ok) return response
    const message = /<Message>([^<]*)<\/Message>/.exec(await response.text())?.[1]
    throw new Error(message ?? `${response.status} ${response.statusText}`)
  }
}

/** Returns the access keys of the server. */
export const fetchAccounts = async (): Promise<string[]> => {
  const response = await fetch('/_mesocosm/accounts')
  if (!response.ok) throw new Error(await response.text())
  return response.json()
}

/** Calls back for each object that is written or deleted. */
export const followObjects = (account: string, changed: (bucket: string) => void): EventSource => {
  const events = new EventSource(`/_mesocosm/events?${new URLSearchParams({ key: account })}`)
  events.onmessage = ({ data }) =>
    changed((JSON.parse(String(data)) as { readonly bucket: string }).bucket)
  return events
}

// ---

type Query = Readonly<Record<string, string>>

const shownHeaders =
  /^(?:etag|last-modified|cache-control|content-(?:type|encoding|language|disposition)|expires|x-amz-(?:version-id|storage-class|server-side.*|object-lock.*|checksum.*|replication-status|website.*|mp-parts-count))$/

const encode = (part: string): string => {
  // Browsers take these for steps in a path, also when they are encoded.
  if (part === '.' || part === '..')
    throw new Error(
      `The page cannot open names with a part “${part}”, because browsers resolve it.`,
    )
  return encodeURIComponent(part)
}

const decoded = (text: string): string => decodeURIComponent(text.replaceAll('+', '%20'))

const all = (document: Document, selector: string): Element[] => [
  ...document.querySelectorAll(selector),
]

const text = (element: Element, name: string): string =>
  element.querySelector(`:scope > ${name}`)?.textContent ?? ''
