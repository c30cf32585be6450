/** One thing that was looked at. */
export interface Finding {
  readonly name: string
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found. */
  readonly text: string
  /** What to do about it, unless it is `ok`. */
  readonly remedy?: string
}
