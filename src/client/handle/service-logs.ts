import { Deadline } from '../../call/deadline.ts'
import { createWaker } from '../../call/waker.ts'
import type { ServiceLogs, WaitOptions } from '../../define/handle.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { LogLine } from '../../model/log-line.ts'
import { textMatcher } from '../../model/text-matcher.ts'
import { createLogReader, type LogCursor, type LogReader } from '../../trace/read/log-reader.ts'
import { textOf } from '../../trace/read/log-text.ts'
import { supervisorGone } from '../session/caller.ts'

/** What the logs of one service are read from. */
export interface LogSource {
  readonly service: string
  /** Folder of the run's log files, and the names under which this service writes now. */
  readonly folder: string
  readonly lane: string
  readonly name: string
  /** The first mark: number of the last row of the run before the lease. */
  readonly after: number
  /** Why the record may lack lines; `undefined` if it does not. */
  readonly fault?: string | undefined
  /** Whether the supervisor has ended, so that no more lines will come. */
  readonly gone: boolean
  /** Calls back when the service has written to its log, and when the supervisor ends. */
  readonly onWritten: (listener: () => void, signal?: AbortSignal) => Promise<Disposable>
}

const defaultTimeoutMs = 10_000
const shownLines = 20

/** The logs of a handle before its calls are checked and recorded. */
export interface PlainLogs
  extends Pick<ServiceLogs, 'text' | 'lines' | 'clear' | 'waitFor' | 'follow'> {
  /** Like `waitFor`; `words` name in the error what `matches` accepts. */
  waitForText(
    matches: (text: string) => boolean,
    words: string,
    options?: WaitOptions,
  ): Promise<LogLine>
}

/** Creates the logs of a handle. They are read from the record's files; the supervisor only notifies of new output. */
export const createServiceLogs = (source: LogSource): PlainLogs => {
  const position = createPosition(source)
  const named = (lines: LogLine[]) =>
    source.name === source.service
      ? lines
      : lines.map((line) => ({ ...line, service: source.service }))
  const lines = () => {
    const { reader, mark } = position()
    const { lines, open } = reader.read(mark)
    return named([...lines, ...open])
  }

  /**
   * @param options.atOnce yields lines that are already written before it asks the supervisor for notifications.
   * @param options.partial yields lines that have not ended yet, too; they come again when they have.
   */
  async function* follow({ signal, atOnce = false, partial = false }: FollowOptions = {}) {
    const { reader, mark } = position()
    const waker = createWaker()
    let cursor = mark
    const read = () => {
      const { lines, open, next } = reader.read(cursor)
      const isNew = next.seq !== cursor.seq || next.offset !== cursor.offset
      cursor = next
      return { isNew, more: named(partial ? [...lines, ...open] : lines) }
    }
    if (atOnce) yield* read().more
    using watch = await untilAborted(source.onWritten(waker.wake, signal), signal)
    if (watch === undefined) {
      yield* read().more
      return
    }
    for (;;) {
      // Check for the end before reading, so that lines written before it are still read.
      const { gone } = source
      const isOver = signal?.aborted
      const { isNew, more } = read()
      yield* more
      if (isOver) return
      if (isNew) continue
      if (gone) throw supervisorGone(undefined)
      await waker.sleep(signal)
    }
  }

  const waitForText: PlainLogs['waitForText'] = async (matches, words, options = {}) => {
    const { timeoutMs = defaultTimeoutMs, signal } = options
    const what = `waiting for a line of ${source.service}`
    using deadline = new Deadline(what, { timeoutMs, signal })
    const last: string[] = []
    const open = new Map<LogLine['stream'], string>()
    let seen = 0
    for await (const line of follow({ signal: deadline.signal, atOnce: true, partial: true })) {
      if (!line.gap && matches(line.text)) return line
      open.delete(line.stream)
      if (line.partial) {
        open.set(line.stream, line.text)
        continue
      }
      seen++
      last.push(line.text)
      if (last.length > shownLines) last.shift()
    }
    const facts = { service: source.service, pattern: words, lines: seen }
    const lastLogs = [...last, ...open.values()].slice(-shownLines)
    throw signal?.aborted
      ? deadline.error({ facts, lastLogs })
      : notFound({ ...facts, fault: source.fault }, lastLogs, timeoutMs)
  }

  return {
    lines,
    text: () => textOf(lines()),
    clear: () => position().clear(),
    waitForText,
    waitFor: (pattern, options) => waitForText(textMatcher(pattern), String(pattern), options),
    follow: ({ signal } = {}) => follow(signal === undefined ? {} : { signal }),
  }
}

// ---

interface FollowOptions {
  readonly signal?: AbortSignal
  readonly atOnce?: boolean
  readonly partial?: boolean
}

/** Returns the result; `undefined` if it failed because the caller has aborted. */
const untilAborted = async <T>(
  work: Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T | undefined> => {
  try {
    return await work
  } catch (error) {
    if (signal?.aborted) return undefined
    throw error
  }
}

interface LogPosition {
  readonly reader: LogReader
  readonly mark: LogCursor
  clear(): void
}

/** Returns the service's current log and the mark in it; looked up at the first use, since that reads files. */
const createPosition = (source: LogSource): (() => LogPosition) => {
  let position: (LogPosition & { readonly lane: string; readonly name: string }) | undefined
  return () => {
    const { lane, name } = source
    if (position?.lane === lane && position.name === name) return position
    const reader = createLogReader(source.folder, lane, name)
    let mark: LogCursor | undefined
    position = {
      lane,
      name,
      reader,
      get mark() {
        mark ??= reader.after(source.after)
        return mark
      },
      clear() {
        mark = reader.end()
      },
    }
    return position
  }
}

interface Facts {
  readonly service: string
  readonly pattern: string
  readonly lines: number
  readonly fault: string | undefined
}

const notFound = ({ fault, ...facts }: Facts, lastLogs: readonly string[], timeoutMs: number) =>
  new MesocosmError({
    code: 'LOG_TIMEOUT',
    message: `${facts.service} wrote no line matching ${facts.pattern} within ${timeoutMs} ms; ${facts.lines} other lines came${fault === undefined ? '' : `; ${fault}`}`,
    remedy:
      fault === undefined
        ? 'check the pattern against the lines above, or the position of logs.clear()'
        : 'free disk space: lines that were not recorded cannot be found',
    facts: { ...facts, ...(fault === undefined ? {} : { fault }) },
    lastLogs,
  })
