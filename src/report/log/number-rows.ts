import { rowFlag } from '../../trace/event/row-flag.ts'
import type { Attributor } from '../../trace/read/attribute/attributor.ts'
import { levelOf } from '../../trace/read/level.ts'
import type { LogPart } from '../format/log-part.ts'
import { PartBuilder } from '../format/part-builder.ts'
import type { ReportIndex } from '../source.ts'

/** A log line of a run. */
export interface ReportRow {
  /** Milliseconds since 1970. */
  readonly time: number
  /** `run` for servers that lanes share. */
  readonly lane: string
  readonly service: string
  /** 1 stdout, 2 stderr. */
  readonly stream: 1 | 2
  /** Bits of `rowFlag`. */
  readonly flags: number
  readonly text: string
}

/** Turns rows, which come in the order of time, into parts. */
export interface RowNumbering {
  /** Adds a row; returns a part when one is full. */
  add(row: ReportRow): LogPart | undefined
  /** Returns the last part, if it has rows. */
  end(): LogPart | undefined
}

/** Creates the numbering of a run's rows, with their levels and the tests that they belong to. */
export const createRowNumbering = (
  attributor: Attributor,
  { services, lanes }: Pick<ReportIndex, 'services' | 'lanes'>,
): RowNumbering => {
  const builder = new PartBuilder()
  const service = numberIn(services)
  const lane = numberIn(lanes)
  return {
    add(row) {
      const full = builder.isFullFor(row.time) ? builder.take() : undefined
      builder.add({
        time: row.time,
        text: row.text,
        stream: row.stream,
        flags: row.flags,
        service: service(row.service),
        lane: lane(row.lane),
        // What is missing is worth a look.
        level: row.flags & rowFlag.gap ? 'warn' : levelOf(row.text, row.stream),
        attribution: attributor.of(row),
      })
      return full
    },
    end: () => builder.take(),
  }
}

// ---

const numberIn = (names: readonly string[]): ((name: string) => number) => {
  const numbers = new Map(names.map((name, number) => [name, number]))
  return (name) => {
    const number = numbers.get(name)
    if (number === undefined) throw new RangeError(`${name} is not in the index`)
    return number
  }
}
