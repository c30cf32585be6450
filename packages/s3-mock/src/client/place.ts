/** Which server a client is for, and what it may do there. */
export interface S3Place {
  /** Name of the service. */
  readonly service: string
  /** Address as the test sees it; may change when the service is made anew. */
  readonly url: string
  /** Address as other services see it. */
  readonly insideUrl: string
  readonly region: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
  /** Declared ones. */
  readonly buckets: readonly string[]
  /** Whether it is the server that comes with this package, which can do more than S3. */
  readonly bundled: boolean
}
