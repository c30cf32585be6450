import type { LogLine } from '../model/log-line.ts'
import { isContinuation, type LogLevel } from '../trace/read/level.ts'

/** A log line with the lane of its service, and its level. */
export type ReadLine = LogLine & {
  /** Lane name; `run` for servers that lanes share. */
  readonly lane: string
  /** The level that the line names; absent if it names none. */
  readonly level?: LogLevel
}

/** Which log lines are wanted; what is absent does not limit. */
export interface LineFilter {
  /** Milliseconds since 1970: no earlier lines. */
  readonly since?: number | undefined
  /** Each must be in the line; letters of either case match a string. */
  readonly grep?: readonly (string | RegExp)[] | undefined
  /** Lines of this level and of worse ones, with the lines that go on with them, such as stacks. */
  readonly level?: LogLevel | undefined
}

/** Returns whether lines, which come in the order of time, are wanted. */
export const lineFilter = ({
  since,
  grep = [],
  level,
}: LineFilter): ((line: ReadLine) => boolean) => {
  const tests = grep.map(testOf)
  /** Streams of services whose last line with a level was wanted. */
  const open = new Set<string>()
  return (line) => {
    if (since !== undefined && line.time < since) return false
    // What is missing is worth a look.
    if (line.gap) return true
    if (level !== undefined && !hasLevel(line, level, open)) return false
    return tests.every((test) => test(line.text))
  }
}

// ---

const ranks: Readonly<Record<LogLevel, number>> = { error: 0, warn: 1, info: 2, debug: 3 }

const hasLevel = (line: ReadLine, least: LogLevel, open: Set<string>): boolean => {
  const stream = `${line.lane}/${line.service}/${line.stream}`
  const goesOn = line.level === undefined && isContinuation(line.text)
  if (goesOn) return open.has(stream)
  const wanted = line.level !== undefined && ranks[line.level] <= ranks[least]
  if (wanted) open.add(stream)
  else open.delete(stream)
  return wanted
}

const testOf = (part: string | RegExp): ((text: string) => boolean) => {
  if (typeof part === 'string') {
    const lower = part.toLowerCase()
    return (text) => text.toLowerCase().includes(lower)
  }
  // One with `g` or `y` would go on where it was.
  const pattern = new RegExp(part.source, part.flags.replace(/[gy]/g, ''))
  return (text) => pattern.test(text)
}
