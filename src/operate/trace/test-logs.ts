import { rowFlag } from '../../trace/event/row-flag.ts'
import { assertKnown } from '../known-service.ts'
import { type LineFilter, lineFilter, type ReadLine } from '../line-filter.ts'
import { findAttempt } from './find-tests.ts'
import { openRecord } from './open-record.ts'
import { linesIn, type RecordChoice } from './show-attempt.ts'

/** Options of {@link testLogs}. */
export interface TestLogsOptions extends RecordChoice, LineFilter {
  /** Services whose lines are wanted; default all. */
  readonly services?: readonly string[]
}

/**
 * Returns the log lines that belong to a test, or may do so, by time.
 *
 * @param named as in `showAttempt`.
 * @throws {MesocosmError} `TRACE_NOT_FOUND`, `TEST_UNKNOWN`, `SERVICE_UNKNOWN`
 */
export const testLogs = async (
  root: string,
  named: string,
  { run, cwd, services = [], ...filter }: TestLogsOptions = {},
): Promise<ReadLine[]> => {
  const record = await openRecord(root, run, cwd)
  const { position, attempt } = findAttempt(record.index, named, linesIn(record.trace))
  const { index, logs } = await record.logsAround(attempt)
  assertKnown(services, index.services)
  const numbers = services.map((service) => index.services.indexOf(service))
  const rows = logs.find({
    test: position,
    ...(numbers.length === 0 ? {} : { services: numbers }),
  })
  const lines = Array.from(rows, (row): ReadLine => {
    const level = logs.level(row)
    const flags = logs.flags(row)
    return {
      time: logs.time(row),
      text: logs.text(row),
      stream: logs.stream(row) === 2 ? 'stderr' : 'stdout',
      service: index.services[logs.service(row)] ?? '',
      lane: index.lanes[logs.lane(row)] ?? '',
      ...(level === undefined ? {} : { level }),
      ...(flags & rowFlag.cut ? { cut: true } : {}),
      ...(flags & rowFlag.gap ? { gap: true } : {}),
    }
  })
  return lines.filter(lineFilter(filter))
}
