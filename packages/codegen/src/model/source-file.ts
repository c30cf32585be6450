/** A file of a service, as read. */
export interface SourceFile {
  /** Relative to the service's folder, with `/`. */
  readonly path: string
  readonly text: string
}
