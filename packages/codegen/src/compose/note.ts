/** A difference between the Compose file and the topology, or a hint for its reader. */
export interface ComposeNote {
  /** Name of the service in the topology; absent if the note is about the whole file. */
  readonly service?: string
  /** Key in the Compose file, such as `restart` or `deploy.replicas`. */
  readonly key?: string
  /** One sentence. */
  readonly text: string
  /** Path of the Compose file, as passed to `importCompose`. */
  readonly file?: string
  /** Line of the service in that file, from 1. */
  readonly line?: number
}

/** @deprecated use {@link ComposeNote}. */
export type Note = ComposeNote

/** An error in a Compose file. */
export interface Fault {
  readonly file: string
  /** Line in the file, from 1. */
  readonly line: number
  readonly text: string
}

/** A key of a service that was not carried over, and why. */
export interface Remark {
  readonly key: string
  readonly text: string
}
