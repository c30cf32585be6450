/** The server that a client is for. */
export interface S3Endpoint {
  /** Name of the service. */
  readonly service: string
  /** Address for the test; changes when the service is recreated. */
  readonly url: string
  /** Address for other services. */
  readonly insideUrl: string
  /** Region that requests are signed for. */
  readonly region: string
  /** Access key of the lane. */
  readonly accessKeyId: string
  /** Secret of the access key. */
  readonly secretAccessKey: string
  /** Declared buckets. */
  readonly buckets: readonly string[]
  /** Whether it is the bundled server, which also has events and a reset. */
  readonly bundled: boolean
}
