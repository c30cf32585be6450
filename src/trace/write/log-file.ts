import { join } from 'node:path'
import { type AppendContext, openAppendFile } from '../../disk/append-file.ts'
import { now } from '../event/clock.ts'
import { rowFlag } from '../event/row-flag.ts'
import { LogTail } from './log-tail.ts'
import type { RecordLimit } from './record-limit.ts'
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
  /** Default none. */
  readonly limit?: LogLimit | undefined
}

/** When a log is full, and how it goes on then: only its last rows are kept, in files of their own. */
export interface LogLimit extends RecordLimit {
  /** Returns the `seq` of another file. */
  readonly nextSeq: () => number
}

/** One file for each container of a service, written by the supervisor alone, and two more when the record is full. */
export const openLogFile = (
  folder: string,
  header: Omit<LogHeader, 'k' | 'v' | 't' | 'after'>,
  { redactor, count, limit, ...context }: LogFileContext,
): LogFile => {
  const open = (name: string, seq: number) =>
    openAppendFile({
      ...context,
      path: join(folder, name),
      flags: 'a',
      head: JSON.stringify({
        k: 'svc.segment',
        v: 1,
        t: now(),
        ...header,
        seq,
        after: count.last,
      } satisfies LogHeader),
      gap: (lost, reason) => gap(missing(lost, reason)),
    })
  const stored = ([time, text, fd, flags]: LogRow) =>
    `[${time.toFixed(3)},${JSON.stringify(text)},${fd},${flags},${++count.last}]`
  const gap = (text: string) => stored([now(), text, 1, rowFlag.gap])
  const { lane, service, container, seq } = header
  const file = open(logFileName(lane, service, container), seq)
  let tail: LogTail | undefined
  const openTail = ({ bytes, nextSeq }: LogLimit) =>
    new LogTail({
      open: (number) => open(logFileName(lane, service, container, number), nextSeq()),
      onDropped: (rows) => file.append([gap(missing(rows, fullRecord(bytes)))]),
    })
  /** Streams whose last row the next one replaces, which must be in the same file. */
  const unfinished = new Set<1 | 2>()
  return {
    path: file.path,
    write(rows) {
      const mayTurn = unfinished.size === 0
      const texts = rows.map(([time, text, fd, flags]) => {
        if (flags & rowFlag.partial) unfinished.add(fd)
        else unfinished.delete(fd)
        const shown = flags & rowFlag.partial ? redactor.unfinished(text) : redactor.text(text)
        return stored([time, shown, fd, flags])
      })
      if (limit !== undefined && !limit.take(sizeOf(texts), 'logs') && mayTurn)
        tail ??= openTail(limit)
      if (tail === undefined) file.append(texts)
      else tail.append(texts, mayTurn)
    },
    cutter: redactor,
    [Symbol.dispose]() {
      tail?.[Symbol.dispose]()
      file[Symbol.dispose]()
    },
  }
}

/** Returns how the names of a service's log files begin. */
export const logFilePrefix = (lane: string, service: string) => `${lane}.${service}.`

/** Returns the name of a container's log file, or of another one of the same container, from 2. */
export const logFileName = (lane: string, service: string, container: string, number = 1) =>
  `${logFilePrefix(lane, service)}${container.slice(0, 12)}${number === 1 ? '' : `-${number}`}.ndjson`

// ---

const missing = (lost: number, reason: string) =>
  `${lost} ${lost === 1 ? 'line was' : 'lines were'} not recorded: ${reason}`

const fullRecord = (bytes: number) =>
  `the record of the run is full, at ${Math.round(bytes / 1024 / 1024)} MiB; MESOCOSM_TRACE_LIMIT raises it`

const sizeOf = (texts: readonly string[]): number =>
  texts.reduce((sum, { length }) => sum + length + 1, 0)
