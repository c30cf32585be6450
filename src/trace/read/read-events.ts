import { type TraceEvent, traceVersion } from '../event/event.ts'
import { isEventKind, isSpanEnd, isSpanStart } from '../event/kinds.ts'
import { modernizeV1 } from './modernize-v1.ts'
import { type NumberedEvent, parseEvent, type StoredEvent } from './stored-event.ts'

/** A line that the reader left out. */
export interface SkippedLine {
  /** File it is in. */
  readonly file: string
  /** Number of the line, from 1; 0 for the whole file. */
  readonly line: number
  /**
   * `cut`: the writer was killed while it wrote; `lost`: the disk was full, so that entries are missing here;
   * `newer`: a later version of Mesocosm wrote the file.
   */
  readonly reason: 'cut' | 'lost' | 'invalid' | 'unknown kind' | 'newer'
  /** The kind or the version that is not known, the start of the line, or how many entries are lost and why. */
  readonly detail: string
}

/** The entries of one file, as this version writes them. */
export interface EventsRead {
  /** Entries in the order of the file, with its `head`. */
  readonly events: readonly TraceEvent[]
  /** Lines that were left out, each with the reason. */
  readonly skipped: readonly SkippedLine[]
  /** Version that the file was written in. */
  readonly version: number
}

/**
 * Reads one file of `ev/`. Never throws: a cut last line, damaged lines and unknown kinds are returned as `skipped`.
 * Entries of earlier versions are turned into those of this one.
 *
 * @param text content of the file.
 * @param file its name, unique in the run; begins the ids of spans that have none of their own.
 */
export const readEvents = (text: string, file: string): EventsRead => {
  const skipped: SkippedLine[] = []
  const skip = (line: number, reason: SkippedLine['reason'], detail: string) =>
    void skipped.push({ file, line, reason, detail })
  const lines = text.split('\n')
  const stored: NumberedEvent[] = []
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    const event = parseEvent(line)
    if (event !== undefined) stored.push({ event, line: index + 1 })
    // Only the last line has no line feed after it.
    else skip(index + 1, index === lines.length - 1 ? 'cut' : 'invalid', line.slice(0, 80))
  }
  const version = versionOf(stored)
  if (version > traceVersion) {
    skip(0, 'newer', `version ${version}`)
    return { events: [], skipped, version }
  }
  const modern = modernizers.slice(version - 1).reduce((all, step) => step(all, file), stored)
  const events = modern.flatMap(({ event, line }): TraceEvent[] => {
    if (!isEventKind(event.k)) skip(line, 'unknown kind', event.k)
    else if (event.k === 'gap') skip(line, 'lost', `${event.lost} entries: ${event.reason}`)
    else if (isWhole(event)) return [event]
    else skip(line, 'invalid', event.k)
    return []
  })
  return { events, skipped, version }
}

// ---

/** The first one turns version 1 into version 2, and so on. */
const modernizers: readonly ((
  stored: readonly NumberedEvent[],
  file: string,
) => NumberedEvent[])[] = [modernizeV1]

/** A file without a head lost it; what is left is best read as today's. */
const versionOf = (stored: readonly NumberedEvent[]): number => {
  const version = stored.find(({ event }) => event.k === 'head')?.event.v
  return typeof version === 'number' && version >= 1 ? version : traceVersion
}

const isWhole = (stored: StoredEvent): stored is StoredEvent & TraceEvent => {
  const event = stored as unknown as TraceEvent
  return !(isSpanStart(event) || isSpanEnd(event)) || typeof stored.i === 'string'
}
