/** A pull or build of an image that is in progress. */
export interface ImageWork {
  /** Name of the topology. */
  readonly topology: string
  /** Service whose image it is. */
  readonly service: string
  /** What is being done: `building api: step 3/7`, `pulling postgres:17 for db: 5a3f: Downloading`. */
  readonly doing: string
  /** Milliseconds since it began. */
  readonly forMs: number
}
