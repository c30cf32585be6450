import type { LogLine } from '../../model/log-line.ts'
import { rowFlag } from '../event/row-flag.ts'

/** What the rows of a log contain. */
export interface RowsRead {
  /** Lines that have ended, cut ones and gaps, in the order in which they were written. */
  readonly lines: LogLine[]
  /** Number of the row of each line; 0 where the row has none. */
  readonly numbers: number[]
  /** The lines that have not ended yet: at most one per stream. */
  readonly open: LogLine[]
}

/**
 * Parses whole rows of a log file. Never throws: rows that cannot be parsed become a gap.
 *
 * @param service name that the lines get.
 */
export const parseRows = (text: string, service: string): RowsRead => {
  const lines: LogLine[] = []
  const numbers: number[] = []
  const open = new Map<1 | 2, LogLine>()
  let damaged = 0
  const endDamage = (time: number) => {
    if (damaged === 0) return
    const message = `${damaged} damaged ${damaged === 1 ? 'line' : 'lines'} of the record skipped`
    damaged = 0
    lines.push({ time, text: message, stream: 'stdout', service, gap: true })
    numbers.push(numbers.at(-1) ?? 0)
  }
  for (const row of text.split('\n')) {
    // The head of the file.
    if (row === '' || row.startsWith('{')) continue
    const parsed = parseRow(row)
    if (parsed === undefined) {
      damaged++
      continue
    }
    const [time, , fd, flags] = parsed
    // The writer's own gap counts the row that it could not finish.
    if (flags & rowFlag.gap) damaged = 0
    endDamage(time)
    open.delete(fd)
    const entry = lineOf(parsed, service)
    if (flags & rowFlag.partial) open.set(fd, entry)
    else {
      lines.push(entry)
      numbers.push(parsed[4] ?? 0)
    }
  }
  endDamage(lines.at(-1)?.time ?? 0)
  return { lines, numbers, open: [...open.values()] }
}

/** Returns the number of a row; `undefined` if it is not one, or of a version without numbers. */
export const numberOf = (row: string): number | undefined => parseRow(row)?.[4]

// ---

type AnyRow = readonly [...row: readonly [number, string, 1 | 2, number], number?: number]

const parseRow = (row: string): AnyRow | undefined => {
  try {
    const parsed: unknown = JSON.parse(row)
    return isRow(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

const isRow = (row: unknown): row is AnyRow =>
  Array.isArray(row) &&
  typeof row[0] === 'number' &&
  typeof row[1] === 'string' &&
  (row[2] === 1 || row[2] === 2) &&
  typeof row[3] === 'number'

const lineOf = ([time, text, fd, flags]: AnyRow, service: string): LogLine => {
  const line: LogLine = { time, text, stream: fd === 2 ? 'stderr' : 'stdout', service }
  if (flags === 0) return line
  return {
    ...line,
    ...(flags & rowFlag.cut ? { cut: true } : {}),
    ...(flags & rowFlag.partial ? { partial: true } : {}),
    ...(flags & rowFlag.gap ? { gap: true } : {}),
  }
}
