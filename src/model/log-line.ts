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
  /** `true`: the line is longer than 256 KiB and goes on in the next one of the same stream; absent otherwise. */
  readonly cut?: true
  /** `true`: the line has no end yet, such as a prompt; the whole line replaces it. Absent otherwise. */
  readonly partial?: true
  /** `true`: not output; the text says which lines the record lacks here, and why. Absent otherwise. */
  readonly gap?: true
}
