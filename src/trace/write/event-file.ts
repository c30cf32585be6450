import { type AppendContext, openAppendFile } from '../../disk/append-file.ts'
import { now } from '../event/clock.ts'
import {
  type EventKind,
  type EventPayload,
  type Moments,
  type Origin,
  type SpanId,
  type SpanName,
  type Spans,
  traceVersion,
} from '../event/event.ts'
import type { Redactor } from './redact.ts'

/** A span that has begun. */
export interface OpenSpan<N extends SpanName> {
  readonly id: SpanId
  /** Writes the end, once; `at` is when it ended, default now. */
  end(payload: Spans[N]['end'], at?: number): void
}

/** A file of events that one process writes. */
export interface EventFile extends Disposable {
  readonly path: string
  /**
   * Writes one entry synchronously, so that the last entry before a crash is on disk. Never throws.
   *
   * @param at when it happened, milliseconds since 1970; default now.
   */
  write<K extends keyof Moments>(kind: K, payload: Origin & Moments[K], at?: number): void
  /**
   * Writes `<name>.start`; the returned span writes `<name>.end` with the same id.
   *
   * @param at when it began, milliseconds since 1970; default now.
   */
  span<N extends SpanName>(name: N, payload: Origin & Spans[N]['start'], at?: number): OpenSpan<N>
}

/**
 * Opens a file that this process alone writes, one JSON entry per line, the first one a `head`.
 *
 * @param prefix start of the ids of its spans, unique in the run.
 * @param context where a full disk is reported; entries that could not be written become one `gap` entry.
 * @throws {Error} `EEXIST` when the file exists.
 */
export const openEventFile = (
  path: string,
  writer: string,
  prefix: string,
  redactor: Redactor,
  context: AppendContext = {},
): EventFile => {
  let lastId = 0
  const row = <K extends EventKind>(kind: K, payload: Origin & EventPayload<K>, at = now()) =>
    JSON.stringify({ k: kind, t: at, ...redactor.value(payload) })
  const file = openAppendFile({
    ...context,
    path,
    flags: 'ax',
    head: row('head', { v: traceVersion, writer, pid: process.pid, prefix }),
    gap: (lost, reason) => row('gap', { lost, reason }),
  })
  const put = <K extends EventKind>(kind: K, payload: Origin & EventPayload<K>, at?: number) =>
    file.append([row(kind, payload, at)])
  return {
    path,
    write: (kind, payload, at) => put(kind as EventKind, payload as never, at),
    span(name, payload, began) {
      const i = `${prefix}.${++lastId}`
      put(`${name}.start`, { ...payload, i } as never, began)
      let ended = false
      return {
        id: i,
        end(result, at) {
          if (!ended)
            put(`${name}.end`, { ...originOf(payload), ...(result as object), i } as never, at)
          ended = true
        },
      }
    },
    [Symbol.dispose]: () => file[Symbol.dispose](),
  }
}

const originOf = ({ x, p, l, s }: Origin): Origin => ({
  ...(x === undefined ? {} : { x }),
  ...(p === undefined ? {} : { p }),
  ...(l === undefined ? {} : { l }),
  ...(s === undefined ? {} : { s }),
})
