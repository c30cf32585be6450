import type { OutputChunk } from '../../runtime/running-program.ts'
import { now } from '../../trace/event/clock.ts'
import { rowFlag } from '../../trace/event/row-flag.ts'
import type { LogFile, LogRow } from '../../trace/write/log-file.ts'
import { createPartialLine } from './partial-line.ts'
import { createLineSplitter, type LineCutter, type LinePiece } from './split-lines.ts'

/** Number of lines that an error shows. */
const shownLines = 20

/**
 * The output of one container: every line goes to its file at once; the last few stay in memory for errors,
 * and those of the current start until it is ready, for log probes.
 */
export interface ServiceLog extends Disposable {
  /**
   * Begins a start, so that probes do not see lines of earlier starts; call before each start.
   * With `keepLines` its lines stay in memory for probes until `settled`.
   */
  begin(keepLines: boolean): void
  push(chunk: OutputChunk): void
  /** Ends the lines before output that could not be read, and shows the gap in errors. */
  gap(reason: string): void
  /** Ends the output of the start; writes a last line that has no line feed. */
  end(): void
  /** Lines of this start so far, if they are kept. */
  readonly sinceStart: readonly string[]
  /** Text of this start without a line feed after which the program paused, such as a prompt; one per stream. */
  readonly pending: readonly string[]
  /** Releases the lines in `sinceStart`; no probe needs them after this. */
  settled(): void
  /** Returns the last lines, pending text included. */
  last(): readonly string[]
  /** Calls back for new lines, and for new `pending` text. */
  onLines(listener: () => void): Disposable
}

/** Creates a log. @param open opens its file; called once, at the first start. */
export const createServiceLog = (open: () => LogFile, onAny: () => void): ServiceLog => {
  let file: LogFile | undefined
  const listeners = new Set<() => void>()
  const recent: string[] = []
  let sinceStart: string[] | undefined
  const cutter: LineCutter = {
    cutBefore: (text, atMost) => file?.cutter.cutBefore(text, atMost) ?? atMost,
    get longest() {
      return file?.cutter.longest ?? 0
    },
  }
  const told = () => {
    for (const listener of listeners) listener()
    onAny()
  }
  const newStream = (fd: 1 | 2) => ({
    fd,
    splitter: createLineSplitter(cutter),
    partial: createPartialLine((text) => {
      file?.write([[now(), text, fd, rowFlag.partial]])
      told()
    }),
  })
  const newStreams = () => ({ stdout: newStream(1), stderr: newStream(2) })
  let streams = newStreams()
  const accept = (pieces: readonly LinePiece[], fd: 1 | 2, flags = 0) => {
    if (pieces.length === 0) return
    const time = now()
    file?.write(pieces.map(({ text, cut }): LogRow => [time, text, fd, cut ? rowFlag.cut : flags]))
    recent.push(...pieces.slice(-shownLines).map(({ text }) => text))
    if (recent.length > shownLines) recent.splice(0, recent.length - shownLines)
    if (sinceStart !== undefined) for (const { text } of pieces) sinceStart.push(text)
    told()
  }
  /** The texts without a line feed: those that were shown, or all that have arrived. */
  const pending = (which: 'shown' | 'all') =>
    [streams.stdout, streams.stderr]
      .map(({ splitter, partial }) => (which === 'all' ? splitter.pending : partial.shown))
      .filter((text) => text !== '')
  const endPartials = () => {
    for (const { partial } of [streams.stdout, streams.stderr]) partial.clear()
  }
  const flush = () => {
    endPartials()
    for (const { splitter, fd } of [streams.stdout, streams.stderr])
      accept(splitter.flush(), fd, rowFlag.noLineFeed)
  }
  return {
    begin(keepLines) {
      file ??= open()
      sinceStart = keepLines ? [] : undefined
      endPartials()
      streams = newStreams()
    },
    push({ stream, bytes }) {
      const { splitter, partial, fd } = streams[stream]
      const pieces = splitter.push(bytes)
      if (pieces.length > 0) partial.clear()
      accept(pieces, fd)
      partial.see(splitter.pending)
    },
    gap(reason) {
      flush()
      const text = `output is missing here: ${reason}`
      file?.write([[now(), text, 1, rowFlag.gap]])
      recent.push(`(${text})`)
    },
    end: flush,
    get sinceStart() {
      return sinceStart ?? []
    },
    get pending() {
      return sinceStart === undefined ? [] : pending('shown')
    },
    settled() {
      sinceStart = undefined
    },
    last: () => [...recent, ...pending('all')].slice(-shownLines),
    onLines(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    [Symbol.dispose]() {
      endPartials()
      file?.[Symbol.dispose]()
    },
  }
}
