/** The result of one check of the machine or the project. */
export interface Diagnosis {
  /** What was checked, in one or two words. */
  readonly name: string
  /** `warn`: works, but could be better. `fail`: Mesocosm will not work. */
  readonly status: 'ok' | 'warn' | 'fail'
  /** What was found. */
  readonly text: string
  /** What to do about it, unless `status` is `ok`. */
  readonly remedy?: string
}
