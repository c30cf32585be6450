import { type Filter, fits, textFits } from './filter.ts'
import { nameFits } from './log-filter.ts'

/** What of a test the filter looks at. */
export interface TestFacts {
  readonly outcome: string
  readonly file: string
  readonly title: string
  readonly lanes: readonly string[]
  readonly touched: readonly string[]
  readonly error?: string | undefined
}

/**
 * Returns whether a test is shown.
 *
 * @param hasLine whether one of its lines passed the filter; `undefined` before they are read.
 */
export const testFits = (filter: Filter, test: TestFacts, hasLine?: boolean): boolean => {
  if (!fits(filter.outcomes, (value) => value === test.outcome)) return false
  if (!fits(filter.files, (value) => nameFits(test.file, value))) return false
  if (!fits(filter.lanes, (value) => test.lanes.some((lane) => nameFits(lane, value)))) return false
  const ofService = fits(filter.services, (value) =>
    test.touched.some((service) => nameFits(service, value)),
  )
  const ofText = textFits(filter, `${test.file} ${test.title} ${test.error ?? ''}`)
  // A level is a thing of lines only.
  if (ofService && ofText && filter.levels.length === 0) return true
  const linesAsked = filter.levels.length + filter.include.length + filter.services.length > 0
  if (!linesAsked) return false
  return hasLine ?? (ofService && ofText)
}
