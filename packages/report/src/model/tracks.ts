import type { Trace, TraceNode, TraceStatus } from '../../../../src/trace/read/trace.ts'
import { keyOf, type MarkKind, markOf } from './entry.ts'
import { type StateChange, type Stretch, stateChangeOf, stretchesOf } from './states.ts'
import { walk } from './walk.ts'

/** What bars of the timeline stand for. */
export type BarKind =
  | 'test'
  | 'step'
  | 'call'
  | 'start'
  | 'stop'
  | 'exec'
  | 'task'
  | 'span'
  | 'suspended'

/** Something that took time. */
export interface Bar {
  readonly key: string
  readonly kind: BarKind
  readonly label: string
  readonly start: number
  readonly end: number
  readonly status?: TraceStatus | undefined
  readonly test?: string | undefined
}

/** Something of one moment. */
export interface Mark {
  readonly key: string
  readonly kind: MarkKind
  readonly label: string
  readonly time: number
  readonly failed: boolean
  readonly test?: string | undefined
}

/** What happened to one service of one lane, each in the order of time. */
export interface Track {
  readonly lane: string
  readonly service: string
  readonly bars: readonly Bar[]
  /** Spans that the service itself reported. */
  readonly spans: readonly Bar[]
  readonly marks: readonly Mark[]
  readonly states: readonly Stretch[]
}

/** What the page looks up in a trace. */
export interface RunModel {
  readonly trace: Trace
  /** Tracks by `<lane> <service>`, in the order in which they began. */
  readonly tracks: ReadonlyMap<string, Track>
  /** Times in which limits stood still, because a debugger was paused. */
  readonly suspensions: readonly Bar[]
  /** Entries by their name in links. */
  readonly entries: ReadonlyMap<string, TraceNode>
  keyOf(node: TraceNode): string
  parentOf(node: TraceNode): TraceNode | undefined
}

/** Returns the key of a track. */
export const trackKey = (lane: string, service: string): string => `${lane} ${service}`

/** Goes through a trace once. */
export const modelOf = (trace: Trace): RunModel => {
  const drafts = new Map<string, Draft>()
  const entries = new Map<string, TraceNode>()
  const keys = new Map<TraceNode, string>()
  const parents = new Map<TraceNode, TraceNode>()
  const suspensions: Bar[] = []
  const draftOf = (lane: string, service: string): Draft => {
    const key = trackKey(lane, service)
    const found = drafts.get(key)
    if (found !== undefined) return found
    const made = { lane, service, bars: [], spans: [], marks: [], changes: [] }
    drafts.set(key, made)
    return made
  }
  walk(trace.root, (node, parent) => {
    const key = keyOf(node, parent)
    keys.set(node, key)
    parents.set(node, parent)
    if (!entries.has(key)) entries.set(key, node)
    if (node.kind === 'plan')
      for (const bar of startsOf(node, key)) draftOf(...bar.of).bars.push(bar)
    if ((node.kind as string) === 'suspended') suspensions.push(suspensionOf(node, key))
    const lane = node.lane ?? 'run'
    if (node.service === undefined) return
    const draft = draftOf(lane, node.service)
    const change = stateChangeOf(node)
    if (change !== undefined) draft.changes.push(change)
    const label = node.name
    const { start, end, status, test } = node
    const kind = markOf(node)
    if (kind !== undefined)
      draft.marks.push({ key, kind, label, time: start, failed: node.error !== undefined, test })
    const bar = barKinds[node.kind as string]
    if (bar === undefined) return
    const made = { key, kind: bar, label, start, end, status, test }
    if (bar === 'span') draft.spans.push(made)
    else draft.bars.push(made)
  })
  const tracks = [...drafts].map(([key, { changes, ...draft }]): [string, Track] => {
    for (const list of [draft.bars, draft.spans]) list.sort((a, b) => a.start - b.start)
    draft.marks.sort((a, b) => a.time - b.time)
    changes.sort((a, b) => a.time - b.time)
    return [key, { ...draft, states: stretchesOf(changes, trace.run.end) }]
  })
  return {
    trace,
    tracks: new Map(tracks),
    suspensions,
    entries,
    keyOf: (node) => keys.get(node) ?? '',
    parentOf: (node) => parents.get(node),
  }
}

// ---

interface Draft {
  readonly lane: string
  readonly service: string
  readonly bars: Bar[]
  readonly spans: Bar[]
  readonly marks: Mark[]
  readonly changes: StateChange[]
}

const barKinds: Readonly<Record<string, BarKind>> = { exec: 'exec', task: 'task', span: 'span' }

const suspensionOf = ({ name, start, end, status }: TraceNode, key: string): Bar => ({
  key,
  kind: 'suspended',
  label: name,
  start,
  end,
  status,
})

/** The steps of a plan that start or stop a service are one bar. */
const startsOf = (
  plan: TraceNode,
  key: string,
): (Bar & { readonly of: [lane: string, service: string] })[] => {
  const services = new Map<string, TraceNode[]>()
  for (const step of plan.children) {
    if (step.kind !== 'plan step' || step.service === undefined) continue
    if (step.events.length === 0) continue
    const found = services.get(step.service)
    if (found === undefined) services.set(step.service, [step])
    else found.push(step)
  }
  return [...services].map(([service, steps]) => {
    const does = (what: string) => steps.some(({ name }) => name.startsWith(what))
    const [starts, stops] = [does('start program'), does('stop program') || does('remove program')]
    const failed = steps.find(({ status }) => status === 'failed' || status === 'blocked')
    const causes = [...new Set(steps.map(({ cause }) => cause ?? ''))].filter((cause) =>
      /^env /.test(cause),
    )
    const what = starts ? (stops ? 'restart' : 'start') : stops ? 'stop' : 'prepare'
    return {
      key,
      kind: starts ? 'start' : 'stop',
      label: [`${what} ${service}`, ...causes.slice(0, 1)].join(' · '),
      start: Math.min(...steps.map(({ start }) => start)),
      end: Math.max(...steps.map(({ end }) => end)),
      status: failed?.status ?? plan.status,
      test: plan.test,
      of: [plan.lane ?? 'run', service],
    }
  })
}
