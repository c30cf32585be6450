import type { LogLevel } from '../source.ts'

/** Some log lines in columns, in the order of time. */
export interface LogPart {
  /** Milliseconds since 1970; the length is the number of rows. */
  readonly time: Float64Array
  /** Where each row begins in `text`, and at last where the next one would. A line feed ends each row. */
  readonly start: Uint32Array
  /** UTF-8. */
  readonly text: Uint8Array
  /** Numbers of services and lanes in `ReportIndex`. */
  readonly service: Uint16Array
  readonly lane: Uint16Array
  /** Stream and level, see {@link markOf}. */
  readonly mark: Uint8Array
  /** Bits of `rowFlag`. */
  readonly flags: Uint8Array
  /** Positions in the list of attributions. */
  readonly attribution: Uint32Array
}

/** Levels by their number in a mark, from 1. */
const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug']

/** Number of different marks. */
export const marks = 16

/** Returns the mark of a row: bit 0 for stderr, then the number of the level, 0 for none. */
export const markOf = (stream: 1 | 2, level: LogLevel | undefined): number =>
  (stream === 2 ? 1 : 0) | ((level === undefined ? 0 : levels.indexOf(level) + 1) << 1)

/** Returns the stream in a mark. */
export const streamIn = (mark: number): 1 | 2 => (mark & 1 ? 2 : 1)

/** Returns the level in a mark. */
export const levelIn = (mark: number): LogLevel | undefined => levels[(mark >> 1) - 1]
