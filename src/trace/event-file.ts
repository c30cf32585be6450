import { closeSync, openSync, writeSync } from 'node:fs'
import { now } from './clock.ts'
import { type EventKind, type TraceEvent, traceVersion } from './event.ts'
import type { Redactor } from './redact.ts'

export interface EventFile extends Disposable {
  readonly path: string
  /** Writes one event at once: what happened just before a crash is on disk. */
  write(kind: EventKind, payload?: Partial<TraceEvent>): void
  /** Writes `<name>.start`; the returned function writes `<name>.end` with the same id. */
  span(
    name: SpanName,
    payload?: Partial<TraceEvent>,
  ): { readonly id: number; readonly end: (payload?: Partial<TraceEvent>) => void }
}

type SpanName = { [K in EventKind]: K extends `${infer N}.start` ? N : never }[EventKind]

/** Opens a file that this process alone writes, one JSON event a line, the first a `head`. */
export const openEventFile = (path: string, writer: string, redactor: Redactor): EventFile => {
  const file = openSync(path, 'a', 0o600)
  let open = true
  let lastId = 0
  const write: EventFile['write'] = (kind, payload = {}) => {
    if (!open) return
    writeSync(file, `${JSON.stringify({ k: kind, t: now(), ...redactor.value(payload) })}\n`)
  }
  write('head', { v: traceVersion, writer, pid: process.pid })
  return {
    path,
    write,
    span(name, payload = {}) {
      const id = ++lastId
      const { i: _, ...common } = payload
      write(`${name}.start`, { ...common, i: id })
      return {
        id,
        end: (result = {}) => write(`${name}.end`, { ...identity(common), ...result, i: id }),
      }
    },
    [Symbol.dispose]() {
      if (open) closeSync(file)
      open = false
    },
  }
}

const identity = ({ l, s, x }: Partial<TraceEvent>): Partial<TraceEvent> => ({
  ...(l === undefined ? {} : { l }),
  ...(s === undefined ? {} : { s }),
  ...(x === undefined ? {} : { x }),
})
