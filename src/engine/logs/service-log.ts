import type { OutputChunk } from '../../runtime/runtime.ts'
import { now } from '../../trace/event/clock.ts'
import type { LogFile, StoredLine } from '../../trace/write/log-file.ts'
import { createLineSplitter, type LineSplitter } from './split-lines.ts'

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
  /** Releases the lines in `sinceStart`; no probe needs them after this. */
  settled(): void
  last(): readonly string[]
  onLines(listener: () => void): Disposable
}

/** Creates a log. @param open opens its file; called once, at the first start. */
export const createServiceLog = (open: () => LogFile, onAny: () => void): ServiceLog => {
  let file: LogFile | undefined
  const listeners = new Set<() => void>()
  const recent: string[] = []
  let sinceStart: string[] | undefined
  let splitters: Record<'stdout' | 'stderr', LineSplitter> = newSplitters()
  const accept = (lines: readonly string[], fd: 1 | 2, flags = 0) => {
    if (lines.length === 0) return
    const time = now()
    file?.write(lines.map((text): StoredLine => [time, text, fd, flags]))
    recent.push(...lines.slice(-shownLines))
    if (recent.length > shownLines) recent.splice(0, recent.length - shownLines)
    if (sinceStart !== undefined) for (const line of lines) sinceStart.push(line)
    for (const listener of listeners) listener()
    onAny()
  }
  const flush = () => {
    for (const stream of ['stdout', 'stderr'] as const) {
      const line = splitters[stream].flush()
      if (line !== undefined) accept([line], stream === 'stdout' ? 1 : 2, 1)
    }
  }
  return {
    begin(keepLines) {
      file ??= open()
      sinceStart = keepLines ? [] : undefined
      splitters = newSplitters()
    },
    push: ({ stream, bytes }) => accept(splitters[stream].push(bytes), stream === 'stdout' ? 1 : 2),
    gap(reason) {
      flush()
      recent.push(`(output is missing here: ${reason})`)
    },
    end: flush,
    get sinceStart() {
      return sinceStart ?? []
    },
    settled() {
      sinceStart = undefined
    },
    last: () => [...recent],
    onLines(listener) {
      listeners.add(listener)
      return { [Symbol.dispose]: () => void listeners.delete(listener) }
    },
    [Symbol.dispose]: () => file?.[Symbol.dispose](),
  }
}

const newSplitters = () => ({ stdout: createLineSplitter(), stderr: createLineSplitter() })
