import type { ServiceLogs, WaitOptions } from '../define/handle.ts'
import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { LogLine } from '../model/log-line.ts'
import { createLogReader, type LogCursor } from '../trace/log-reader.ts'

export interface LogSource {
  readonly service: string
  /** Folder of the run's log files, and the names under which this service writes. */
  readonly folder: string
  readonly lane: string
  readonly name: string
  /** Calls back whenever the service has written something. */
  readonly onWritten: (listener: () => void) => Promise<Disposable>
}

const defaultTimeoutMs = 10_000
const shownLines = 20

/** Reads the record's files; the supervisor only says when to look again. */
export const createServiceLogs = (source: LogSource): ServiceLogs => {
  const reader = createLogReader(source.folder, source.lane, source.name)
  let mark: LogCursor = reader.end()
  const named = (lines: LogLine[]) =>
    source.name === source.service ? lines : lines.map((line) => ({ ...line, service: source.service }))
  const read = () => named(reader.read(mark).lines)

  async function* follow({ signal }: { readonly signal?: AbortSignal } = {}) {
    let cursor = mark
    let wake = Promise.withResolvers<void>()
    using _ = await source.onWritten(() => wake.resolve())
    const onAbort = () => wake.resolve()
    signal?.addEventListener('abort', onAbort, { once: true })
    try {
      while (!signal?.aborted) {
        wake = Promise.withResolvers()
        const { lines, next } = reader.read(cursor)
        cursor = next
        yield* named(lines)
        if (lines.length === 0 && !signal?.aborted) await wake.promise
      }
    } finally {
      signal?.removeEventListener('abort', onAbort)
    }
  }

  return {
    lines: read,
    text: () =>
      read()
        .map(({ text }) => text)
        .join('\n'),
    clear() {
      mark = reader.end()
    },
    async waitFor(pattern, options: WaitOptions = {}) {
      const timeoutMs = options.timeoutMs ?? defaultTimeoutMs
      const late = AbortSignal.timeout(timeoutMs)
      const signal = options.signal === undefined ? late : AbortSignal.any([late, options.signal])
      const matches = matcher(pattern)
      const seen: LogLine[] = []
      for await (const line of follow({ signal })) {
        if (matches(line.text)) return line
        seen.push(line)
      }
      throw notFound(source.service, pattern, seen, options.signal?.aborted ? undefined : timeoutMs)
    },
    follow,
  }
}

const matcher = (pattern: string | RegExp) => {
  if (typeof pattern === 'string') return (text: string) => text.includes(pattern)
  // Without `g` and `y`: they would make every other test miss.
  const regExp = new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''))
  return (text: string) => regExp.test(text)
}

const notFound = (service: string, pattern: string | RegExp, seen: readonly LogLine[], timeoutMs: number | undefined) =>
  new MesocosmError({
    code: timeoutMs === undefined ? 'ABORTED' : 'LOG_TIMEOUT',
    message:
      timeoutMs === undefined
        ? `waiting for a line of ${service} was called off`
        : `${service} wrote no line matching ${String(pattern)} within ${timeoutMs} ms; ${seen.length} other lines came`,
    remedy: 'check the pattern against the lines above, or where logs.clear() has set the mark',
    facts: { service, pattern: String(pattern), lines: seen.length },
    lastLogs: seen.slice(-shownLines).map(({ text }) => text),
  })
