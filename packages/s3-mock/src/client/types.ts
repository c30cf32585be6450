import type { WaitOptions } from 'mesocosm'

/** An object as lists show it. */
export interface S3ObjectInfo {
  readonly bucket: string
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Without quotation marks. */
  readonly etag: string
  readonly lastModified: Date
}

/** An object with its data, read whole. */
export interface S3Content extends S3ObjectInfo {
  readonly bytes: Uint8Array
  readonly contentType: string
  /** `x-amz-meta-` headers, without that prefix. */
  readonly metadata: Readonly<Record<string, string>>
  /** In a bucket with versions. */
  readonly versionId: string | undefined
  /** The bytes as UTF-8. */
  text(): string
  json<T = unknown>(): T
}

/** Something that happened to an object, as the server tells it. */
export interface S3Event {
  /** `ObjectCreated:Put`, `ObjectCreated:CompleteMultipartUpload`, `ObjectRemoved:Delete`, … as in S3's notifications. */
  readonly name: string
  readonly bucket: string
  readonly key: string
  readonly size: number | undefined
  /** Without quotation marks. */
  readonly etag: string | undefined
  readonly versionId: string | undefined
  readonly at: Date
}

/** All that is given must hold. */
export interface S3Match {
  readonly bucket?: string
  /** The whole key, or a pattern found in it. */
  readonly key?: string | RegExp
}

export type S3Predicate = (object: S3ObjectInfo) => boolean | Promise<boolean>

/** Data of an upload; what comes piece by piece is sent in parts and never held whole. */
export type S3Body = string | Uint8Array | AsyncIterable<string | Uint8Array>

export interface PutOptions extends WaitOptions {
  /** Default `binary/octet-stream`, for text `text/plain; charset=utf-8`. */
  readonly contentType?: string
  readonly metadata?: Readonly<Record<string, string>>
  /** More headers, such as `{ 'cache-control': 'no-cache', 'if-none-match': '*' }`. */
  readonly headers?: Readonly<Record<string, string>>
}

export interface GetOptions extends WaitOptions {
  readonly versionId?: string
  /** First and last byte, both included. */
  readonly range?: readonly [first: number, last: number]
}

export interface PresignOptions {
  /** Default `GET`. */
  readonly method?: 'GET' | 'PUT' | 'HEAD' | 'DELETE'
  /** Seconds for which it is good, at most 604 800; default 900. */
  readonly expiresInS?: number
  /** Who will use it: the test (default), or a service of the lane. */
  readonly from?: 'test' | 'inside'
  /** More of the query, such as `{ 'response-content-type': 'text/plain' }`. */
  readonly query?: Readonly<Record<string, string>>
}

/** The methods of an S3 server's handle. */
export interface S3Client {
  /**
   * Writes an object.
   *
   * @param options.timeoutMs default 60 000.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`, with S3's own code in `facts.s3Code`.
   */
  put(
    bucket: string,
    key: string,
    body: S3Body,
    options?: PutOptions,
  ): Promise<{ readonly etag: string; readonly versionId: string | undefined }>
  /**
   * Reads an object into memory.
   *
   * @param options.timeoutMs default 60 000.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`; `facts.s3Code` is `NoSuchKey` when it is not there.
   */
  get(bucket: string, key: string, options?: GetOptions): Promise<S3Content>
  /** All objects whose key begins so, in the order of their keys. Default timeout 10 000 ms. */
  list(bucket: string, prefix?: string, options?: WaitOptions): Promise<S3ObjectInfo[]>
  exists(bucket: string, key: string, options?: WaitOptions): Promise<boolean>
  /** Deletes an object; that it was not there is as good. */
  delete(bucket: string, key: string, options?: WaitOptions): Promise<void>
  /** An address that whoever has it may use, without a key, until it expires. */
  presign(bucket: string, key: string, options?: PresignOptions): Promise<string>
  /**
   * The first object that matches, there already or still to come.
   *
   * @param options.timeoutMs default 10 000.
   * @throws {MesocosmError} `TIMEOUT` with a line for each object that is there, `ABORTED`; what the predicate throws.
   */
  waitForObject(match?: S3Match | S3Predicate, options?: WaitOptions): Promise<S3ObjectInfo>
  /**
   * Hears of all that happens to objects from when the promise resolves until it is disposed, or until the service
   * is stopped or made anew.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` for a server other than the bundled one: they tell nobody.
   */
  onEvent(listener: (event: S3Event) => void, options?: WaitOptions): Promise<AsyncDisposable>
  /** Empties one bucket; without a name, back to the declared buckets, empty. Default timeout 60 000 ms. */
  clear(bucket?: string, options?: WaitOptions): Promise<void>
}
