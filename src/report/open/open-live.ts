import { mergeTrace } from '../../trace/read/merge-trace.ts'
import type { Trace } from '../../trace/read/trace.ts'
import { LiveRows } from '../live/live-rows.ts'
import type { FileCursor, NewEvents, NewLogs } from '../live/protocol.ts'
import type { LogTable, ReportIndex, ReportSource } from '../source.ts'
import { tablesOf } from './memory-source.ts'

/** How a live run is followed. */
export interface OpenLiveOptions {
  /** Default the one of the platform. */
  readonly fetch?: typeof fetch
  /** Milliseconds between two changes that are reported, at least; more if a change takes long to show. Default 300. */
  readonly everyMs?: number
}

/**
 * Opens a run that is served by `serveReport`. Each call of its methods returns the run as it is then.
 *
 * @param base address of the page, with a slash at its end.
 */
export const openLive = (base: string, options: OpenLiveOptions = {}): ReportSource => {
  const { fetch: get = fetch, everyMs = 300 } = options
  const texts = new Map<string, string>()
  const rows = new LiveRows()
  const cursors: { events: FileCursor; logs: FileCursor } = { events: {}, logs: {} }
  let shown:
    | { readonly trace: Trace; readonly index: ReportIndex; readonly logs: LogTable }
    | undefined
  let pulling: Promise<void> | undefined
  let costMs = 0

  const ask = async <T>(what: 'events' | 'logs'): Promise<T> => {
    const response = await get(new URL(what, base), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(cursors[what]),
    })
    if (!response.ok) throw new Error(`the run does not answer: ${response.status}`)
    return (await response.json()) as T
  }
  /** Gets what is new; what is shown is made when it is asked for. */
  const pull = async (): Promise<void> => {
    const start = performance.now()
    const events = await ask<NewEvents>('events')
    cursors.events = events.cursor
    for (const { name, text } of events.files) {
      texts.set(name, name === 'run.json' ? text : (texts.get(name) ?? '') + text)
      shown = undefined
    }
    for (let more = true; more; ) {
      const answer = await ask<NewLogs>('logs')
      cursors.logs = answer.cursor
      for (const log of answer.logs) {
        rows.add(log)
        shown = undefined
      }
      more = answer.more
    }
    if (shown === undefined) {
      const trace = mergeTrace([...texts].map(([name, text]) => ({ name, text })))
      shown = { trace, ...tablesOf({ trace, rows: rows.all }) }
    }
    costMs = performance.now() - start
  }
  const now = async () => {
    pulling ??= pull().finally(() => {
      pulling = undefined
    })
    await pulling
    return shown as NonNullable<typeof shown>
  }
  return {
    index: async () => (await now()).index,
    trace: async () => (await now()).trace,
    logs: async () => (await now()).logs,
    async blob(sha256) {
      if (!/^[\da-f]{64}$/.test(sha256)) return undefined
      const response = await get(new URL(`blob/${sha256}`, base))
      return response.ok ? new Uint8Array(await response.arrayBuffer()) : undefined
    },
    follow(changed) {
      const stop = new AbortController()
      const later = () => Math.max(everyMs, costMs * 5)
      let timer: ReturnType<typeof setTimeout> | undefined
      const note = () => {
        timer ??= setTimeout(() => {
          timer = undefined
          changed()
        }, later())
      }
      void watch(get, new URL('changes', base), { note, signal: stop.signal })
      return () => {
        stop.abort()
        clearTimeout(timer)
      }
    },
  }
}

// ---

interface Watching {
  readonly note: () => void
  readonly signal: AbortSignal
}

/** Connects again when the stream ends: the computer may have slept. */
const watch = async (get: typeof fetch, url: URL, { note, signal }: Watching): Promise<void> => {
  for (let pauseMs = 500; !signal.aborted; pauseMs = Math.min(pauseMs * 2, 10_000)) {
    try {
      const { body } = await get(url, { signal })
      if (body !== null) {
        const reader = body.getReader()
        for (let read = await reader.read(); !read.done; read = await reader.read()) {
          pauseMs = 500
          // A comment only keeps the connection.
          if (new TextDecoder().decode(read.value).includes('data:')) note()
        }
      }
    } catch {
      // The server is gone, or the page does not follow it any more.
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs)
      signal.addEventListener('abort', () => {
        clearTimeout(timer)
        resolve()
      })
    })
  }
}
