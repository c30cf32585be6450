import { createWaker } from '../call/waker.ts'
import type { Lane } from '../engine/lane/lane.ts'
import type { RunEngine } from '../engine/run/run-engine.ts'
import { createLogReader, type LogCursor, type LogReader } from '../trace/read/log-reader.ts'
import type { LineAnswer } from './schema/logs.ts'

/** Calls back when a service has written to its log in the record. */
export type WatchLog = (lane: string, service: string, listener: () => void) => Disposable

/** Where reading begins: after a row of the run, or at a time in milliseconds since 1970. */
export interface LogStart {
  readonly after: number
  readonly time?: number | undefined
}

/** Bytes that are read at once: the longest row fits. */
const chunkBytes = 4 * 1024 * 1024

/** Lines that were read together, and whether these are all there are now. */
export interface LogChunk {
  readonly lines: readonly LineAnswer[]
  /** Lines without an end, as they are now; only in the last chunk. */
  readonly open: readonly LineAnswer[]
  readonly isLast: boolean
}

/** Reads a service's log from the record, chunk by chunk, as fast as the caller takes them. */
export class LogSource {
  readonly #engine: RunEngine
  readonly #lane: Lane
  readonly #service: string
  readonly #watch: WatchLog
  readonly #start: LogStart
  /** Number of the last line that was returned. */
  #last: number
  #at: { readonly key: string; readonly reader: LogReader; cursor: LogCursor } | undefined

  constructor(
    engine: RunEngine,
    lane: Lane,
    of: { readonly service: string; readonly start: LogStart; readonly watch: WatchLog },
  ) {
    this.#engine = engine
    this.#lane = lane
    this.#service = of.service
    this.#watch = of.watch
    this.#start = of.start
    this.#last = of.start.after
  }

  /** Returns what was written since the last chunk. Throws `SERVICE_UNKNOWN` if the lane has no such service any more. */
  next(): LogChunk {
    const at = this.#current()
    const { lines, numbers, open, next } = at.reader.read(at.cursor, chunkBytes)
    const isLast = next.seq === at.cursor.seq && next.offset === at.cursor.offset
    at.cursor = next
    const shown = lines.flatMap((line, index) => {
      const mark = numbers[index] ?? this.#last
      this.#last = Math.max(this.#last, mark)
      return this.#isWanted(line.time) ? [{ ...line, service: this.#service, mark }] : []
    })
    const unfinished = open.map((line) => ({ ...line, service: this.#service, mark: this.#last }))
    return { lines: shown, open: unfinished, isLast: isLast || lines.length === 0 }
  }

  /** Yields chunks as they are written, until the signal. */
  async *follow(signal: AbortSignal): AsyncGenerator<LogChunk, void> {
    const waker = createWaker()
    let { key } = this.#current()
    let watching = this.#watched(waker.wake)
    try {
      while (!signal.aborted) {
        const chunk = this.next()
        yield chunk
        if (!chunk.isLast) continue
        await waker.sleep(signal)
        // A shared server has its own log only after its first start.
        const now = this.#current().key
        if (now === key) continue
        key = now
        watching[Symbol.dispose]()
        watching = this.#watched(waker.wake)
      }
    } finally {
      watching[Symbol.dispose]()
    }
  }

  // ---

  #isWanted(time: number): boolean {
    return this.#start.time === undefined || time >= this.#start.time
  }

  #current() {
    const { logLane, logName } = this.#lane.logOf(this.#service)
    const key = `${logLane}/${logName}`
    if (this.#at?.key !== key) {
      const { logFolder } = this.#engine.context.record
      const reader = createLogReader(logFolder, logLane, logName)
      this.#at = { key, reader, cursor: reader.after(this.#last) }
    }
    return this.#at
  }

  #watched(wake: () => void): Disposable {
    const { logLane, logName } = this.#lane.logOf(this.#service)
    return this.#watch(logLane, logName, wake)
  }
}
