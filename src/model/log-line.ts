/** One line that a service wrote. */
export interface LogLine {
  /** Milliseconds since the epoch, with fractions, when the line arrived. */
  readonly time: number
  /** The line without its line break. */
  readonly text: string
  /** Where it was written. */
  readonly stream: 'stdout' | 'stderr'
  /** Name of the service. */
  readonly service: string
}
