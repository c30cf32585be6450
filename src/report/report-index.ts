import type { Trace, TraceNode } from '../trace/read/trace.ts'
import type { ReportIndex, ReportTest } from './source.ts'

/** What a report knows besides the trace. */
export interface IndexFacts {
  /** Lanes and services that logged, each pair once. */
  readonly logged: readonly { readonly lane: string; readonly service: string }[]
  readonly lines: number
  readonly missing: readonly string[]
}

/** Returns the index of a run. */
export const reportIndexOf = (
  trace: Trace,
  { logged, lines, missing }: IndexFacts,
): ReportIndex => ({
  v: 1,
  run: trace.run,
  tests: trace.tests.map(reportTestOf),
  services: namesOf(trace, logged, 'service'),
  lanes: namesOf(trace, logged, 'lane'),
  lines,
  missing: [...truncated(trace), ...missing, ...unreadLines(trace)],
})

// ---

const reportTestOf = (node: TraceNode): ReportTest => {
  const [start, end] = node.events
  const lane = laneOf(node)
  return {
    test: node.test ?? '',
    file: start?.k === 'test.start' ? start.file : '',
    titlePath: start?.k === 'test.start' ? start.titlePath : [node.name],
    retry: start?.k === 'test.start' ? start.retry : 0,
    status: node.status ?? 'unfinished',
    ...(node.error === undefined ? {} : { error: node.error.message }),
    ...(lane === undefined ? {} : { lane }),
    start: node.start,
    end: node.end,
    touched: end?.k === 'test.end' ? end.touched : [],
  }
}

/** The lane of what the test did first. */
const laneOf = (node: TraceNode): string | undefined =>
  node.lane ?? node.children.find(({ lane }) => lane !== undefined && lane !== 'run')?.lane

/** Those that logged, then those that only the entries name, each group in the order of the alphabet. */
const namesOf = (
  { events }: Trace,
  logged: IndexFacts['logged'],
  kind: 'service' | 'lane',
): string[] => {
  const compare = new Intl.Collator('en', { numeric: true }).compare
  const first = new Set(logged.map((log) => log[kind]))
  const more = new Set<string>()
  for (const { l, s } of events) {
    const name = kind === 'lane' ? l : s
    if (name !== undefined && !first.has(name)) more.add(name)
  }
  return [...[...first].sort(compare), ...[...more].sort(compare)]
}

const truncated = ({ events }: Trace): string[] =>
  events.flatMap((event) => {
    if (event.k !== 'trace.truncated') return []
    const limit = `the record reached its limit of ${Math.round(event.limitBytes / 1024 / 1024)} MiB`
    return event.what === 'logs'
      ? [`${limit}: after that, only the last log lines of each service are in it`]
      : [`${limit}: after that, no long output is in it`]
  })

const unreadLines = ({ skipped }: Trace): string[] => {
  const count = skipped.filter(({ reason }) => reason !== 'lost').length
  const lost = skipped.filter(({ reason }) => reason === 'lost').length
  return [
    ...(count === 0 ? [] : [`${count} ${count === 1 ? 'entry' : 'entries'} could not be read`]),
    ...(lost === 0 ? [] : ['entries are missing, because the disk was full']),
  ]
}
