import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { namesIn } from '../../disk/names-in.ts'
import type { SpanId } from '../../trace/event/event.ts'
import { traceIdOf } from '../../trace/event/trace-context.ts'
import { readTraceFiles } from '../../trace/load-trace.ts'
import { mergeTrace } from '../../trace/read/merge-trace.ts'
import { parseEvent, type StoredEvent } from '../../trace/read/stored-event.ts'
import type { Trace, TraceNode } from '../../trace/read/trace.ts'
import { chooseBlobs } from '../write/choose-blobs.ts'
import { hasFailed, passedAttempts } from './failed-tests.ts'
import { pruneLogs } from './prune-logs.ts'

/**
 * Removes from the record of a run that has ended what only tests that passed did: their entries except start and end,
 * the log lines that belong to them alone, and long output.
 *
 * @returns whether anything is worth keeping: false if no test failed, and nothing is removed then.
 */
export const prunePassed = (runFolder: string): boolean => {
  const files = readTraceFiles(runFolder)
  const trace = mergeTrace(files)
  if (!hasFailed(trace)) return false
  const dropped = droppedBy(passedAttempts(trace))
  // Before the entries: which lines belong to a test is in the entries.
  pruneLogs(join(runFolder, 'log'), trace, dropped.positions(trace))
  for (const { name, text } of files) {
    if (!name.startsWith('ev/')) continue
    replace(
      join(runFolder, name),
      text
        .split('\n')
        .filter((line) => {
          const event = parseEvent(line)
          return event === undefined || !dropped.has(event)
        })
        .join('\n'),
    )
  }
  pruneBlobs(runFolder)
  return true
}

// ---

interface Dropped {
  /** Whether an entry is of a dropped attempt. */
  has(event: StoredEvent): boolean
  /** Positions of the dropped attempts in `trace.tests`. */
  positions(trace: Trace): ReadonlySet<number>
}

const droppedBy = (attempts: readonly TraceNode[]): Dropped => {
  const nodes = new Set(attempts)
  const tests = new Set<unknown>(attempts.map(({ test }) => test).filter((it) => it !== undefined))
  const traces = new Set<unknown>(attempts.map(({ test = '' }) => traceIdOf(test)))
  const spans = new Set<unknown>()
  const collect = (node: TraceNode) => {
    if (node.id !== undefined) spans.add(node.id)
    for (const child of node.children) collect(child)
  }
  for (const attempt of attempts) collect(attempt)
  const isNeeded = (ids: unknown) =>
    Array.isArray(ids) && (ids as readonly SpanId[]).some((id) => !spans.has(id))
  return {
    has: ({ k, x, i, p, also, trace }) =>
      k !== 'test.start' &&
      k !== 'test.end' &&
      (tests.has(x) || spans.has(i) || spans.has(p) || traces.has(trace)) &&
      !isNeeded(also),
    positions: (trace) =>
      new Set(trace.tests.flatMap((test, index) => (nodes.has(test) ? [index] : []))),
  }
}

const pruneBlobs = (runFolder: string): void => {
  const trace = mergeTrace(readTraceFiles(runFolder))
  const { chosen } = chooseBlobs(trace, Number.POSITIVE_INFINITY)
  const kept = new Set(chosen.map(({ sha256 }) => sha256))
  const folder = join(runFolder, 'blob')
  for (const name of namesIn(folder))
    if (!kept.has(name)) rmSync(join(folder, name), { force: true })
}

const replace = (path: string, text: string): void => {
  if (readFileSync(path, 'utf8') === text) return
  writeFileSync(`${path}.tmp`, text, { mode: 0o600 })
  renameSync(`${path}.tmp`, path)
}
