/** One line a service wrote. */
export interface LogLine {
  /** Milliseconds since the epoch, with fractions; taken where the line arrived. */
  readonly time: number
  readonly text: string
  readonly stream: 'stdout' | 'stderr'
  readonly service: string
}
