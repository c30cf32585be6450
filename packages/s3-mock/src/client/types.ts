import type { WaitOptions } from 'mesocosm'
import type { AsymmetricMatcher, expectations } from 'mesocosm/plugin'
import type { S3Expectations } from './expectations.ts'

/** An object as lists show it. */
export interface S3ObjectInfo {
  /** Name of its bucket. */
  readonly bucket: string
  /** Its key. */
  readonly key: string
  /** Bytes. */
  readonly size: number
  /** Etag without quotation marks. */
  readonly etag: string
  /** When it was written. */
  readonly lastModified: Date
}

/** An object with its content. */
export interface S3Content extends S3ObjectInfo {
  /** Its content. */
  readonly bytes: Uint8Array
  /** Media type; `''` if the server returns none. */
  readonly contentType: string
  /** Values of its `x-amz-meta-` headers, by name without that prefix. */
  readonly metadata: Readonly<Record<string, string>>
  /** Version, in a bucket with versions. */
  readonly versionId: string | undefined
  /** Returns the content as UTF-8. */
  text(): string
  /** Returns the content parsed as JSON. Throws `SyntaxError`. */
  json<T = unknown>(): T
}

/** An event of an object. */
export interface S3Event {
  /** `ObjectCreated:Put`, `ObjectCreated:CompleteMultipartUpload`, `ObjectRemoved:Delete`, … as in S3's notifications. */
  readonly name: string
  /** Name of the bucket. */
  readonly bucket: string
  /** Key of the object. */
  readonly key: string
  /** Bytes; `undefined` for a removal. */
  readonly size: number | undefined
  /** Etag without quotation marks; `undefined` for a removal. */
  readonly etag: string | undefined
  /** Version, in a bucket with versions. */
  readonly versionId: string | undefined
  /** When it happened. */
  readonly at: Date
}

/** Which object is expected; all given keys must match. */
export interface S3Match {
  /** Name of its bucket. */
  readonly bucket?: string
  /** The whole key, a pattern that is searched in it, or an asymmetric matcher for it. */
  readonly key?: string | RegExp | AsymmetricMatcher
}

/** Returns whether an object is expected. */
export type S3Predicate = (object: S3ObjectInfo) => boolean | Promise<boolean>

/** Content of an upload. A stream is sent in parts, and is never in memory as a whole. */
export type S3Body = string | Uint8Array | AsyncIterable<string | Uint8Array>

/** Options of {@link S3Client.put}. */
export interface S3PutOptions extends WaitOptions {
  /** Media type; default `text/plain; charset=utf-8` for a string, else `binary/octet-stream`. */
  readonly contentType?: string
  /** Sent as `x-amz-meta-` headers; default none. */
  readonly metadata?: Readonly<Record<string, string>>
  /** More headers, such as `{ 'cache-control': 'no-cache', 'if-none-match': '*' }`. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Options of {@link S3Client.get}. */
export interface S3GetOptions extends WaitOptions {
  /** Version to read; default the newest. */
  readonly versionId?: string
  /** First and last byte, both included; default all. */
  readonly range?: readonly [first: number, last: number]
}

/** Options of {@link S3Client.presign}. */
export interface S3PresignOptions {
  /** Method that the URL is for. Default `GET`. */
  readonly method?: 'GET' | 'PUT' | 'HEAD' | 'DELETE'
  /** Seconds until it expires, at most 604 800; default 900. */
  readonly expiresInS?: number
  /** Where it is used: in the test (default), or in a service of the lane. */
  readonly from?: 'test' | 'inside'
  /** More parameters, such as `{ 'response-content-type': 'text/plain' }`; default none. */
  readonly query?: Readonly<Record<string, string>>
}

/**
 * The methods of an S3 server's handle. `options.timeoutMs` is 10 000 by default. A refusal is a {@link MesocosmError}
 * `SERVICE_CLIENT_FAILED` with S3's own code in `facts.s3Code`.
 */
export interface S3Client {
  /**
   * Writes an object.
   *
   * @param options.timeoutMs default 60 000.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`, `TIMEOUT`, `ABORTED`.
   */
  put(
    bucket: string,
    key: string,
    body: S3Body,
    options?: S3PutOptions,
  ): Promise<{ readonly etag: string; readonly versionId: string | undefined }>
  /**
   * Reads an object into memory.
   *
   * @param options.timeoutMs default 60 000.
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED`; `facts.s3Code` is `NoSuchKey` if it is missing.
   */
  get(bucket: string, key: string, options?: S3GetOptions): Promise<S3Content>
  /** Returns all objects whose key has a prefix, sorted by key; default all of the bucket. */
  list(bucket: string, prefix?: string, options?: WaitOptions): Promise<S3ObjectInfo[]>
  /** Returns whether an object exists. */
  exists(bucket: string, key: string, options?: WaitOptions): Promise<boolean>
  /** Deletes an object; a no-op if it is missing. */
  delete(bucket: string, key: string, options?: WaitOptions): Promise<void>
  /** Returns a URL that can be used without an access key until it expires. */
  presign(bucket: string, key: string, options?: S3PresignOptions): Promise<string>
  /**
   * Returns the first object that matches: one that exists, or the next that is written.
   *
   * @throws {MesocosmError} `TIMEOUT` with a line for each object that exists, `ABORTED`; what the predicate throws.
   */
  waitForObject(match?: S3Match | S3Predicate, options?: WaitOptions): Promise<S3ObjectInfo>
  /**
   * Calls the listener for each event of an object, from when the promise resolves until the result is disposed or the
   * service is stopped or recreated. Disposing throws what the listener threw.
   *
   * @throws {MesocosmError} `SERVICE_CLIENT_FAILED` if the server is not the bundled one.
   */
  onEvent(listener: (event: S3Event) => void, options?: WaitOptions): Promise<AsyncDisposable>
  /** Empties one bucket; without a name restores the declared buckets, empty. `timeoutMs` is 60 000 by default. */
  clear(bucket?: string, options?: WaitOptions): Promise<void>
  /** What `expect` can wait for. */
  readonly [expectations]: S3Expectations
}
