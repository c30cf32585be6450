import type { ServiceLogs, WaitOptions } from '../define/handle.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { LogLine } from '../model/log-line.ts'
import { createLogReader, type LogCursor, type LogReader } from '../trace/read/log-reader.ts'
import { supervisorGone } from './caller.ts'

export interface LogSource {
  readonly service: string
  /** Folder of the run's log files, and the names under which this service writes now. */
  readonly folder: string
  readonly lane: string
  readonly name: string
  /** Ms since the epoch: the first mark. */
  readonly since: number
  /** Nothing more will come, because the supervisor has gone. */
  readonly gone: boolean
  /** Calls back whenever the service has written something, and when the supervisor goes. */
  readonly onWritten: (listener: () => void) => Promise<Disposable>
}

const defaultTimeoutMs = 10_000
const shownLines = 20

/** Reads the record's files; the supervisor only says when to look again. */
export const createServiceLogs = (source: LogSource): ServiceLogs => {
  const place = createPlace(source)
  const named = (lines: LogLine[]) =>
    source.name === source.service
      ? lines
      : lines.map((line) => ({ ...line, service: source.service }))
  const lines = () => named(place().reader.read(place().mark).lines)

  async function* follow({ signal }: { readonly signal?: AbortSignal } = {}) {
    const { reader, mark } = place()
    let cursor = mark
    let wake = Promise.withResolvers<void>()
    using _ = await source.onWritten(() => wake.resolve())
    const onAbort = () => wake.resolve()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      for (;;) {
        wake = Promise.withResolvers()
        // What was written before the end is read after it is known.
        const { gone } = source
        const isOver = signal?.aborted
        const { lines: more, next } = reader.read(cursor)
        cursor = next
        yield* named(more)
        if (isOver) return
        if (more.length > 0) continue
        if (gone) throw supervisorGone(undefined)
        await wake.promise
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  return {
    lines,
    text: () =>
      lines()
        .map(({ text }) => text)
        .join('\n'),
    clear: () => place().clear(),
    async waitFor(pattern, options: WaitOptions = {}) {
      const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
      const late = AbortSignal.timeout(timeoutMs)
      const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal])
      const matches = matcher(pattern)
      // What is there already needs no supervisor.
      const there = lines().find(({ text }) => matches(text))
      if (there !== undefined) return there
      const last: string[] = []
      let seen = 0
      for await (const line of follow({ signal })) {
        if (matches(line.text)) return line
        seen++
        last.push(line.text)
        if (last.length > shownLines) last.shift()
      }
      const facts = { service: source.service, pattern: String(pattern), lines: seen }
      if (options.signal?.aborted) throw calledOff(facts, last, options.signal.reason)
      throw notFound(facts, last, timeoutMs)
    },
    follow,
  }
}

// ---

interface Place {
  readonly reader: LogReader
  readonly mark: LogCursor
  clear(): void
}

/** Where the service writes now, and the mark in it; found when first asked, since that reads files. */
const createPlace = (source: LogSource): (() => Place) => {
  let place: (Place & { readonly lane: string; readonly name: string }) | undefined
  return () => {
    const { lane, name } = source
    if (place?.lane === lane && place.name === name) return place
    const reader = createLogReader(source.folder, lane, name)
    let mark: LogCursor | undefined
    place = {
      lane,
      name,
      reader,
      get mark() {
        mark ??= reader.since(source.since)
        return mark
      },
      clear() {
        mark = reader.end()
      },
    }
    return place
  }
}

const matcher = (pattern: string | RegExp) => {
  if (typeof pattern === 'string') return (text: string) => text.includes(pattern)
  // Without `g` and `y`: they would make every other test miss.
  const regExp = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return (text: string) => regExp.test(text)
}

interface Facts {
  readonly service: string
  readonly pattern: string
  readonly lines: number
}

const notFound = (facts: Facts, lastLogs: readonly string[], timeoutMs: number) =>
  new MesocosmError({
    code: 'LOG_TIMEOUT',
    message: `${facts.service} wrote no line matching ${facts.pattern} within ${timeoutMs} ms; ${facts.lines} other lines came`,
    remedy: 'check the pattern against the lines above, or where logs.clear() has set the mark',
    facts: { ...facts },
    lastLogs,
  })

const calledOff = (facts: Facts, lastLogs: readonly string[], cause: unknown) =>
  new MesocosmError({
    code: 'ABORTED',
    message: `waiting for a line of ${facts.service} was called off`,
    facts: { ...facts },
    lastLogs,
    cause,
  })
