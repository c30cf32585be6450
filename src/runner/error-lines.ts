import type { LogLine } from '../model/log-line.ts'
import { isRecord } from '../model/record.ts'
import { isContinuation, levelOf } from '../trace/read/level.ts'

/** What of a line is needed to find errors. */
export type ErrorLine = Pick<LogLine, 'text' | 'stream' | 'gap'>

/**
 * Returns the last different errors among the lines of a service, each with the stack trace below it: a retry that
 * fails again and again is one error, with how often it came.
 */
export const errorLines = (lines: readonly ErrorLine[]): string[] => {
  const errors = new Map<string, FoundError>()
  const open = new Map<string, FoundError>()
  for (const { text, stream, gap } of lines) {
    if (gap) continue
    const current = open.get(stream)
    const isError = levelOf(text, stream === 'stderr' ? 2 : 1) === 'error'
    if (current !== undefined && (isContinuation(text) || (isError && isTraceback(current)))) {
      if (current.lines.length < mostLines) current.lines.push(...shown(text))
      // The last line of Python's trace is the error itself.
      if (isError && !isContinuation(text)) open.delete(stream)
    } else if (isError) {
      const found: FoundError = { lines: shown(text), count: 1 }
      const key = keyOf(found)
      found.count += errors.get(key)?.count ?? 0
      // The last one is at the end.
      errors.delete(key)
      errors.set(key, found)
      open.set(stream, found)
    } else open.delete(stream)
  }
  return [...errors.values()]
    .slice(-mostErrors)
    .flatMap(({ lines: [first = '', ...rest], count }) => [
      count > 1 ? `${first}  (${count} times)` : first,
      ...rest,
    ])
}

// ---

interface FoundError {
  readonly lines: string[]
  count: number
}

const mostErrors = 3
/** Of one error. */
const mostLines = 14
/** Characters of a line. */
const longest = 300

const isTraceback = ({ lines: [first = ''] }: FoundError): boolean => first.startsWith('Traceback')

/** Times, ids and counts differ from one try to the next. */
const keyOf = ({ lines: [first = ''] }: FoundError): string =>
  first.replaceAll(/[\da-f]*\d[\da-f]*/gi, '#')

/** Returns a line for people: of JSON its message and stack trace. */
const shown = (text: string): string[] => (jsonLines(text) ?? [text]).slice(0, mostLines).map(cut)

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text)

const jsonLines = (text: string): string[] | undefined => {
  if (!text.startsWith('{') || text.length > 64 * 1024) return undefined
  try {
    const entry: unknown = JSON.parse(text)
    if (!isRecord(entry)) return undefined
    const inner = [entry.err, entry.error, entry.exception].find(isRecord)
    const message = stringOf(entry.message) ?? stringOf(entry.msg)
    const stack = stringOf(entry.stack) ?? stringOf(inner?.stack)
    const cause = stringOf(entry.error) ?? stringOf(entry.err) ?? stringOf(inner?.message)
    if (message === undefined && stack === undefined) return undefined
    const head = [message, stack === undefined ? cause : undefined].filter(
      (part) => part !== undefined,
    )
    return [
      ...(head.length === 0 ? [] : [head.join(': ')]),
      ...(stack?.split('\n').slice(0, mostLines) ?? []),
    ]
  } catch {
    return undefined
  }
}

const stringOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined
