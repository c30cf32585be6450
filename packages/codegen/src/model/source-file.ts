/** A source file of a service. */
export interface SourceFile {
  /** Relative to the service's folder, with `/`. */
  readonly path: string
  readonly text: string
}
