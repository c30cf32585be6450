import { closeSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
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
}

/** A log line as stored: time in ms, text, 1 stdout or 2 stderr, flags (1: the line has no line feed). */
export type StoredLine = readonly [time: number, text: string, fd: 1 | 2, flags: number]

/** The open log file of one container. */
export interface LogFile extends Disposable {
  readonly path: string
  write(lines: readonly StoredLine[]): void
}

/** One file for each container of a service, written by the supervisor alone. */
export const openLogFile = (
  folder: string,
  header: Omit<LogHeader, 'k' | 'v' | 't'>,
  redactor: Redactor,
): LogFile => {
  const path = join(folder, logFileName(header.lane, header.service, header.container))
  const file = openSync(path, 'a', 0o600)
  let open = true
  const full: LogHeader = { k: 'svc.segment', v: 1, t: now(), ...header }
  writeSync(file, `${JSON.stringify(full)}\n`)
  return {
    path,
    write(lines) {
      if (!open || lines.length === 0) return
      let text = ''
      for (const [time, line, fd, flags] of lines)
        text += `[${time.toFixed(3)},${JSON.stringify(redactor.text(line))},${fd},${flags}]\n`
      writeSync(file, text)
    },
    [Symbol.dispose]() {
      if (open) closeSync(file)
      open = false
    },
  }
}

/** Returns how the names of a service's log files begin. */
export const logFilePrefix = (lane: string, service: string) => `${lane}.${service}.`

/** Returns the name of a container's log file. */
export const logFileName = (lane: string, service: string, container: string) =>
  `${logFilePrefix(lane, service)}${container.slice(0, 12)}.ndjson`
