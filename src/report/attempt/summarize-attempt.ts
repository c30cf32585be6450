import type { TraceEvent } from '../../trace/event/event.ts'
import type { Trace, TraceNode } from '../../trace/read/trace.ts'
import type { LogTable, ReportIndex } from '../source.ts'
import type {
  AttemptReport,
  CapturedReport,
  EnvDiff,
  ExecReport,
  SpanReport,
} from './attempt-report.ts'
import { logsOf } from './log-lines.ts'
import { statesOf } from './states.ts'
import { timelineOf } from './timeline.ts'

/** A run as a `ReportSource` returns it. */
export interface ReadRun {
  readonly index: ReportIndex
  readonly trace: Trace
  readonly logs: LogTable
}

/** Options of {@link summarizeAttempt}. */
export interface SummaryOptions {
  /** Spans of services that took less are left out, unless they failed; milliseconds, default 50. */
  readonly slowMs?: number
}

/**
 * Returns what is known about one attempt of a test; `undefined` for a position without an attempt.
 *
 * @param test position in `index.tests`.
 */
export const summarizeAttempt = (
  { index, trace, logs }: ReadRun,
  test: number,
  { slowMs = 50 }: SummaryOptions = {},
): AttemptReport | undefined => {
  const attempt = index.tests[test]
  const node = trace.tests[test]
  if (attempt === undefined || node === undefined) return undefined
  const { start, end, lane } = attempt
  const [id] = attempt.test.split('#')
  const inside = descendants(node)
  const kept = trace.events.find(
    (event): event is TraceEvent<'lane.keep'> =>
      event.k === 'lane.keep' && event.test === attempt.test && event.t >= start,
  )
  return {
    v: 1,
    test: attempt.test,
    file: attempt.file,
    titlePath: attempt.titlePath,
    status: attempt.status,
    ...(attempt.error === undefined ? {} : { error: attempt.error }),
    retry: attempt.retry,
    attempts: index.tests
      .filter((other) => other.test.split('#')[0] === id)
      .map((other) => ({ test: other.test, status: other.status, start: other.start })),
    start,
    durationMs: round(end - start),
    ...(index.run.id === undefined ? {} : { run: index.run.id }),
    ...(lane === undefined ? {} : { lane }),
    ...(kept === undefined ? {} : { keptUntil: kept.until }),
    touched: attempt.touched,
    timeline: timelineOf(withSuspensions(node, trace.root), start),
    env: envOf(inside, start),
    execs: execsOf(inside, start),
    states: statesOf(trace.events, { start, end, lane }),
    captured: capturedOf(inside, start),
    spans: spansOf(inside, start, slowMs),
    logs: logsOf(index, logs, test),
  }
}

// ---

/** A debugger that was paused during the attempt explains its length, although it belongs to no test. */
const withSuspensions = (node: TraceNode, root: TraceNode): TraceNode => {
  const during = root.children.filter(
    ({ kind, start, end }) => kind === 'suspended' && start <= node.end && end >= node.start,
  )
  if (during.length === 0) return node
  return { ...node, children: [...node.children, ...during].sort((a, b) => a.start - b.start) }
}

const descendants = (node: TraceNode): TraceNode[] =>
  node.children.flatMap((child) => [child, ...descendants(child)])

const round = (ms: number): number => Math.round(ms * 1000) / 1000

const envOf = (nodes: readonly TraceNode[], start: number): EnvDiff[] =>
  nodes.flatMap(({ events }) =>
    events.flatMap((event) => {
      if (event.k !== 'env.change') return []
      const changes = Object.entries(event.diff)
        .map(([key, [from = null, to = null]]) => ({ key, from, to }))
        .filter(({ from, to }) => from !== to)
      if (changes.length === 0) return []
      return [{ at: round(event.t - start), service: event.s ?? '', changes }]
    }),
  )

const execsOf = (nodes: readonly TraceNode[], start: number): ExecReport[] =>
  nodes.flatMap((node) => {
    const [begin, end] = node.events
    if (begin?.k !== 'exec.start') return []
    const ended = end?.k === 'exec.end' ? end : undefined
    return [
      {
        at: round(begin.t - start),
        service: begin.s ?? '',
        argv: begin.argv,
        ...(ended?.exit === undefined ? {} : { exit: ended.exit }),
        ...(ended === undefined ? {} : { ms: round(ended.ms ?? ended.t - begin.t) }),
        stdout: ended?.stdout ?? '',
        stderr: ended?.stderr ?? '',
        ...(ended?.blobs === undefined ? {} : { blobs: ended.blobs }),
        ...(node.error === undefined ? {} : { error: node.error }),
      },
    ]
  })

const capturedOf = (nodes: readonly TraceNode[], start: number): CapturedReport[] =>
  nodes.flatMap(({ kind, name, service, start: time }) =>
    isCaptured(kind)
      ? [{ at: round(time - start), service: service ?? '', kind, summary: name }]
      : [],
  )

const isCaptured = (kind: string): boolean => kind === 'mail' || kind === 'object'

const spansOf = (nodes: readonly TraceNode[], start: number, slowMs: number): SpanReport[] =>
  nodes.flatMap(({ kind, name, service, status, error, start: begin, end }) =>
    (kind as string) === 'span' && (end - begin >= slowMs || status === 'failed')
      ? [
          {
            at: round(begin - start),
            ms: round(end - begin),
            service: service ?? '',
            name,
            ...(status === undefined ? {} : { status }),
            ...(error === undefined ? {} : { error }),
          },
        ]
      : [],
  )
