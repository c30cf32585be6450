import { isContinuation } from '../../trace/read/level.ts'
import type { LogTable, ReportIndex } from '../source.ts'
import type { ReportLine, ServiceLog } from './attempt-report.ts'

/** Lines per service that a report of an attempt holds. */
const keptErrors = 30
const keptLast = 30

/** Lines after one of level error that can belong to it, such as those of a stack. */
const stackLines = 20

/**
 * Returns what services logged during an attempt: services with error-level lines first, then those that the test
 * asked for, then the others.
 */
export const logsOf = (index: ReportIndex, logs: LogTable, test: number): ServiceLog[] => {
  const attempt = index.tests[test]
  if (attempt === undefined) return []
  const rows = Map.groupBy(logs.find({ test }), (row) => logs.service(row))
  const lineOf = (row: number): ReportLine => {
    const level = logs.level(row)
    return {
      at: Math.round((logs.time(row) - attempt.start) * 1000) / 1000,
      text: logs.text(row),
      ...(level === undefined ? {} : { level }),
      how: logs.attribution(row).how,
    }
  }
  const found = [...rows].map(([service, all]): ServiceLog => {
    const errors = all.filter((row) => logs.level(row) === 'error')
    return {
      service: index.services[service] ?? `service ${service}`,
      lines: all.length,
      errors: errors.length,
      lastErrors: withStacks(all, logs).slice(-keptErrors).map(lineOf),
      last: all.slice(-keptLast).map(lineOf),
    }
  })
  const rank = ({ service, errors }: ServiceLog) =>
    (errors > 0 ? 0 : 2) + (attempt.touched.includes(service) ? 0 : 1)
  return found.sort((a, b) => rank(a) - rank(b))
}

// ---

/** Rows of level error, each with the rows after it that look like a part of it. */
const withStacks = (rows: readonly number[], logs: LogTable): number[] => {
  const kept: number[] = []
  let left = 0
  for (const row of rows) {
    if (logs.level(row) === 'error') left = stackLines
    else if (left > 0 && logs.level(row) === undefined && isContinuation(logs.text(row))) left--
    else left = 0
    if (left > 0) kept.push(row)
  }
  return kept
}
