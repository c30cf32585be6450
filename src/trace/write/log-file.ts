import { join } from 'node:path'
import { type AppendContext, openAppendFile } from '../../disk/append-file.ts'
import { now } from '../event/clock.ts'
import type { Redactor } from './redact.ts'

/** First line of a log file: whose output it holds. */
export interface LogHeader {
  readonly k: 'svc.segment'
  readonly v: 1
  readonly t: number
  readonly lane: string
  readonly service: string
  readonly container: string
  /** Grows by one with every file of the run: the order of a service's files. */
  readonly seq: number
  /** Number of the last row that was written in the run before. */
  readonly after: number
}

/** Bits of a row's flags. */
export const rowFlag = {
  /** The output ended without a line feed. */
  noLineFeed: 1,
  /** The line is too long: it goes on in the next row of its stream. */
  cut: 2,
  /** The line as it is so far: the next row of its stream replaces this one. */
  partial: 4,
  /** Not output: the text names what is missing here. */
  gap: 8,
} as const

/** A piece of output to store: time in ms, text, 1 stdout or 2 stderr, {@link rowFlag}s. */
export type LogRow = readonly [time: number, text: string, fd: 1 | 2, flags: number]

/** A row as stored; rows are numbered over all logs of the run, in the order in which they were written. */
export type StoredRow = readonly [...row: LogRow, number: number]

/** Numbers the rows of all log files of a run. */
export interface RowCount {
  /** Number of the last row; 0 before the first. */
  last: number
}

/** The open log file of one container. */
export interface LogFile extends Disposable {
  readonly path: string
  write(rows: readonly LogRow[]): void
  /** Decides where a long line is cut. */
  readonly cutter: Pick<Redactor, 'cutBefore' | 'longest'>
}

/** What the log files of a run share. */
export interface LogFileContext extends AppendContext {
  readonly redactor: Redactor
  readonly count: RowCount
}

/** One file for each container of a service, written by the supervisor alone. */
export const openLogFile = (
  folder: string,
  header: Omit<LogHeader, 'k' | 'v' | 't' | 'after'>,
  { redactor, count, ...context }: LogFileContext,
): LogFile => {
  const head: LogHeader = { k: 'svc.segment', v: 1, t: now(), ...header, after: count.last }
  const file = openAppendFile({
    ...context,
    path: join(folder, logFileName(header.lane, header.service, header.container)),
    flags: 'a',
    head: JSON.stringify(head),
    gap: (lost, reason) => stored([now(), missing(lost, reason), 1, rowFlag.gap]),
  })
  const stored = ([time, text, fd, flags]: LogRow) =>
    `[${time.toFixed(3)},${JSON.stringify(text)},${fd},${flags},${++count.last}]`
  return {
    path: file.path,
    write: (rows) =>
      file.append(
        rows.map(([time, text, fd, flags]) => {
          const shown = flags & rowFlag.partial ? redactor.unfinished(text) : redactor.text(text)
          return stored([time, shown, fd, flags])
        }),
      ),
    cutter: redactor,
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

/** Returns how the names of a service's log files begin. */
export const logFilePrefix = (lane: string, service: string) => `${lane}.${service}.`

/** Returns the name of a container's log file. */
export const logFileName = (lane: string, service: string, container: string) =>
  `${logFilePrefix(lane, service)}${container.slice(0, 12)}.ndjson`

// ---

const missing = (lost: number, reason: string) =>
  `${lost} ${lost === 1 ? 'line was' : 'lines were'} not recorded: ${reason}`
