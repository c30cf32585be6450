import type { LogLevel } from '../../../../src/report/source.ts'

/** What a person asked for in the search field. Values of one key are alternatives; keys and texts add up. */
export interface Filter {
  /** Outcomes: `failed`, `passed`, `skipped`, `flaky`, `unfinished`. */
  readonly outcomes: readonly Choice[]
  /** Parts of file paths. */
  readonly files: readonly Choice[]
  /** Names of services, or how they begin. */
  readonly services: readonly Choice[]
  readonly lanes: readonly Choice[]
  readonly levels: readonly (Choice & { readonly value: LogLevel })[]
  /** Each must be in the line or in the title. */
  readonly include: readonly (string | RegExp)[]
  /** None may be. */
  readonly exclude: readonly (string | RegExp)[]
  /** What could not be understood, as sentences. */
  readonly faults: readonly string[]
}

/** One value after a key. */
export interface Choice {
  readonly value: string
  readonly not: boolean
}

/** Returns whether the filter limits anything. */
export const isEmpty = (filter: Filter): boolean =>
  [
    filter.outcomes,
    filter.files,
    filter.services,
    filter.lanes,
    filter.levels,
    filter.include,
    filter.exclude,
  ].every((part) => part.length === 0)

/** Returns whether a value fits: one of the choices, and none of those with a `!`. */
export const fits = (choices: readonly Choice[], test: (value: string) => boolean): boolean => {
  const wanted = choices.filter(({ not }) => !not)
  if (wanted.length > 0 && !wanted.some(({ value }) => test(value))) return false
  return !choices.some(({ value, not }) => not && test(value))
}

/** Returns whether all texts of the filter fit. */
export const textFits = (filter: Pick<Filter, 'include' | 'exclude'>, text: string): boolean => {
  const lower = text.toLowerCase()
  const has = (wanted: string | RegExp) =>
    typeof wanted === 'string' ? lower.includes(wanted.toLowerCase()) : wanted.test(text)
  return filter.include.every(has) && !filter.exclude.some(has)
}
