/** Something that a topology could not say as the Compose file did, or that its reader should know. */
export interface Note {
  /** Service as the topology names it; absent for what concerns the whole file. */
  readonly service?: string
  /** Key in the Compose file, such as `restart` or `deploy.replicas`. */
  readonly key?: string
  /** One sentence. */
  readonly text: string
  /** Compose file as it was named. */
  readonly file?: string
  /** Line of the service in that file, from 1. */
  readonly line?: number
}

/** Something that makes a Compose file unreadable. */
export interface Fault {
  readonly file: string
  /** From 1. */
  readonly line: number
  readonly text: string
}

/** A key of a service that is not carried over, and why. */
export interface Remark {
  readonly key: string
  readonly text: string
}
