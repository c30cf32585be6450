import type { LogFilter, LogLevel, ReportIndex } from '../../../../src/report/source.ts'
import { type Choice, type Filter, fits } from './filter.ts'

/** What besides the search field limits which lines are shown. */
export interface LogScope {
  /** Position in `ReportIndex.tests`. */
  readonly test?: number | undefined
  /** Names; all if it is empty. */
  readonly services?: readonly string[]
  /** Milliseconds since 1970. */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/**
 * Returns the filter of log lines. What only tests have, such as outcomes, does not limit lines.
 */
export const logFilterOf = (
  filter: Filter,
  index: Pick<ReportIndex, 'services' | 'lanes'>,
  { test, services = [], from, to }: LogScope,
): LogFilter => {
  const chosen = positions(index.services, filter.services, nameFits, services)
  const lanes = positions(index.lanes, filter.lanes, nameFits)
  const levels = levelsOf(filter)
  return {
    ...(chosen === undefined ? {} : { services: chosen }),
    ...(lanes === undefined ? {} : { lanes }),
    ...(levels === undefined ? {} : { levels }),
    ...(test === undefined ? {} : { test }),
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(filter.include.length === 0 ? {} : { include: filter.include }),
    ...(filter.exclude.length === 0 ? {} : { exclude: filter.exclude }),
  }
}

/** Returns whether a name is the wanted one, or a part of it. */
export const nameFits = (name: string, wanted: string): boolean =>
  name.toLowerCase().includes(wanted.toLowerCase())

// ---

const positions = (
  names: readonly string[],
  choices: readonly Choice[],
  test: (name: string, wanted: string) => boolean,
  only: readonly string[] = [],
): number[] | undefined => {
  if (choices.length === 0 && only.length === 0) return undefined
  return names.flatMap((name, position) =>
    fits(choices, (wanted) => test(name, wanted)) && (only.length === 0 || only.includes(name))
      ? [position]
      : [],
  )
}

const levelsOf = ({ levels }: Filter): LogLevel[] | undefined => {
  if (levels.length === 0) return undefined
  const all: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']
  return all.filter((level) => fits(levels, (wanted) => wanted === level))
}
