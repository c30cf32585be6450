import type { TraceNode } from '../../trace/read/trace.ts'
import type { StepReport, TimelineEntry } from './attempt-report.ts'

/**
 * Returns what happened below a node, in the order of time. Steps of plans are part of their plan; only those that
 * failed are entries. Spans of services and steps of builds are left out.
 *
 * @param origin time that `at` counts from.
 */
export const timelineOf = (node: TraceNode, origin: number): TimelineEntry[] =>
  merged(childrenOf(node, origin, 0, undefined))

// ---

/** These have a section of their own, or would be too many. */
const leftOut: ReadonlySet<string> = new Set(['span', 'log', 'edge'])

const childrenOf = (
  node: TraceNode,
  origin: number,
  depth: number,
  known: string | undefined,
): TimelineEntry[] =>
  node.children.flatMap((child) => {
    if (leftOut.has(child.kind) || isDoneStep(child)) return []
    const command = onlyCommand(child)
    if (command !== undefined) return [{ ...entryOf(child, origin, depth, known), name: command }]
    const entry = entryOf(child, origin, depth, known)
    const shown = known ?? child.error?.message
    return [entry, ...childrenOf(child, origin, depth + 1, shown)]
  })

/** A call that only runs a command is one entry with it: `exec.seed api: node cli.js seed 3`. */
const onlyCommand = ({ kind, name, children }: TraceNode): string | undefined => {
  const [child, ...others] = children
  if (kind !== 'call' || child?.kind !== 'exec' || others.length > 0) return undefined
  const [start] = child.events
  return start?.k === 'exec.start' && child.children.length === 0
    ? `${name}: ${start.argv.join(' ')}`
    : undefined
}

/** What a plan did is named by the plan; what an image's build did is in its logs. */
const isDoneStep = ({ kind, status, id }: TraceNode): boolean =>
  (kind === 'plan step' && status !== 'failed') || (kind === 'image' && id === undefined)

const entryOf = (
  node: TraceNode,
  origin: number,
  depth: number,
  known: string | undefined,
): TimelineEntry => {
  const { kind, name, service, status, cause, error, start, end } = node
  const steps = kind === 'plan' ? stepsOf(node) : []
  return {
    at: round(start - origin),
    depth,
    kind,
    name,
    ...(service === undefined ? {} : { service }),
    ...(status === undefined ? {} : { status, ms: round(end - start) }),
    ...(cause === undefined ? {} : { cause }),
    // What caused it failed with the same words.
    ...(error === undefined || error.message === known ? {} : { error }),
    ...(steps.length === 0 ? {} : { steps }),
  }
}

const stepsOf = ({ children }: TraceNode): StepReport[] =>
  children
    .filter(({ kind }) => kind === 'plan step')
    .map(({ name, cause, status = 'unfinished' }) => ({
      name,
      ...(cause === undefined ? {} : { cause }),
      status,
    }))

/** A test that polls does the same many times. */
const merged = (entries: readonly TimelineEntry[]): TimelineEntry[] => {
  const kept: TimelineEntry[] = []
  for (const entry of entries) {
    const last = kept.at(-1)
    if (last === undefined || !isSame(last, entry)) kept.push(entry)
    else {
      const times = (last.times ?? 1) + 1
      const ms = last.ms === undefined ? {} : { ms: round(last.ms + (entry.ms ?? 0)) }
      kept[kept.length - 1] = { ...last, ...ms, times }
    }
  }
  return kept
}

const isSame = (a: TimelineEntry, b: TimelineEntry): boolean =>
  a.depth === b.depth &&
  a.kind === b.kind &&
  a.name === b.name &&
  a.status === b.status &&
  a.cause === b.cause &&
  a.error?.message === b.error?.message &&
  a.steps === undefined &&
  b.steps === undefined

const round = (ms: number): number => Math.round(ms * 1000) / 1000
