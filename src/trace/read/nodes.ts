import type { Moments, Origin, SpanId, TraceEvent } from '../event/event.ts'
import type { SpanEnd, SpanStart } from '../event/kinds.ts'
import { nameOfMoment, nameOfSpan, nameOfStep } from './names.ts'
import type { TraceError, TraceNode, TraceNodeKind, TraceStatus } from './trace.ts'

/** A node while the tree is built, with where it wants to hang. */
export interface Draft extends TraceNode {
  name: string
  end: number
  status?: TraceStatus
  error?: TraceError
  children: Draft[]
  events: TraceEvent[]
  /** Span that caused it. */
  readonly parent?: SpanId
}

/** Entries that become a node of their own. `plan.step` completes one that its plan made. */
export type MomentEvent = TraceEvent<
  Exclude<keyof Moments, 'plan.step' | (typeof factsOfRun)[number]>
>

/** Entries about the run itself: they are in {@link TraceRun}, and no part of the tree. */
export const factsOfRun = [
  'head',
  'gap',
  'run.start',
  'run.end',
  'client',
  'topology',
  'clock',
  'lane.names',
] as const satisfies readonly (keyof Moments)[]

/** Returns the node of a span, unfinished until `endSpan`. */
export const spanNode = (event: SpanStart): Draft => ({
  ...originOf(event),
  kind: kindOfSpan(event),
  name: nameOfSpan(event),
  id: event.i,
  start: event.t,
  end: event.t,
  status: 'unfinished',
  ...(event.k === 'plan.start' && event.also !== undefined ? { also: event.also } : {}),
  children: event.k === 'plan.start' ? stepNodes(event) : [],
  events: [event],
})

/** Completes the node of a span. */
export const endSpan = (node: Draft, event: SpanEnd): void => {
  node.end = event.t
  node.events.push(event)
  if (event.k === 'call.end' && event.http !== undefined) node.name += ` → ${event.http.status}`
  const error = errorOf(event)
  if (error !== undefined) node.error = error
  node.status = 'status' in event ? event.status : error === undefined ? 'done' : 'failed'
}

/** Completes the node of a plan's step. */
export const endStep = (node: Draft, event: TraceEvent<'plan.step'>): void => {
  node.end = event.t
  node.events.push(event)
  node.status = event.status
  if (event.error !== undefined) node.error = event.error
}

/**
 * Returns the node of one moment, or of something whose end and duration are one entry.
 *
 * @param test the test that it belongs to; default that of the entry.
 */
export const momentNode = (event: MomentEvent, test: string | undefined = event.x): Draft => {
  const { cause, error, status, ms } = momentFacts(event)
  return {
    ...originOf(event),
    ...(test === undefined ? {} : { test }),
    kind: kindOfMoment[event.k],
    name: nameOfMoment(event),
    start: event.t - (ms ?? 0),
    end: event.t,
    ...(status === undefined ? {} : { status }),
    ...(error === undefined ? {} : { error }),
    ...(cause === undefined ? {} : { cause }),
    children: [],
    events: [event],
  }
}

/** Returns the node of a step whose plan is not in the record. */
export const looseStepNode = (event: TraceEvent<'plan.step'>): Draft => ({
  ...originOf(event),
  kind: 'plan step',
  name: nameOfStep({ do: event.do, ...(event.s === undefined ? {} : { service: event.s }) }),
  start: event.t - (event.ms ?? 0),
  end: event.t,
  status: event.status,
  ...(event.error === undefined ? {} : { error: event.error }),
  children: [],
  events: [event],
})

// ---

const kindOfSpan = ({ k }: SpanStart): TraceNodeKind =>
  k.slice(0, -'.start'.length) as 'test' | 'step' | 'call' | 'plan' | 'image' | 'exec' | 'suspended'

const kindOfMoment: Readonly<Record<MomentEvent['k'], TraceNodeKind>> = {
  'lane.lease': 'lane',
  'lane.ahead': 'lane',
  'lane.release': 'lane',
  'lane.keep': 'lane',
  'lane.reset': 'lane',
  'env.change': 'env',
  'svc.state': 'state',
  'svc.swap': 'service',
  'svc.changed': 'service',
  'svc.warning': 'state',
  'log.gap': 'state',
  'trace.truncated': 'state',
  'svc.add': 'service',
  'svc.remove': 'service',
  'edge.used': 'edge',
  'cap.mail': 'mail',
  'cap.object': 'object',
  'cap.missing': 'state',
  'endpoint.call': 'incoming call',
  'debug.attach': 'state',
  'debug.pause': 'state',
  'debug.resume': 'state',
  'debug.detach': 'state',
  task: 'task',
  'image.step': 'image',
  prebuilt: 'image',
  shortcut: 'shortcut',
  undo: 'undo',
  'otlp.span': 'span',
  'otlp.log': 'log',
}

const stepNodes = (plan: TraceEvent<'plan.start'>): Draft[] =>
  plan.steps.map((step) => ({
    ...originOf(plan),
    kind: 'plan step',
    name: nameOfStep(step),
    ...(step.service === undefined ? {} : { service: step.service }),
    start: plan.t,
    end: plan.t,
    status: 'unfinished',
    cause: step.cause,
    children: [],
    events: [],
  }))

const originOf = ({ x, p, l, s }: Origin) => ({
  ...(x === undefined ? {} : { test: x }),
  ...(p === undefined ? {} : { parent: p }),
  ...(l === undefined ? {} : { lane: l }),
  ...(s === undefined ? {} : { service: s }),
})

const errorOf = (event: SpanEnd): TraceError | undefined => {
  if (!('error' in event) || event.error === undefined) return undefined
  return typeof event.error === 'string' ? { message: event.error } : event.error
}

interface MomentFacts {
  readonly cause?: string | undefined
  readonly error?: TraceError
  readonly status?: TraceStatus
  readonly ms?: number
}

const momentFacts = (event: MomentEvent): MomentFacts => {
  if (event.k === 'svc.state') return { cause: event.by }
  if (event.k === 'log.gap' || event.k === 'cap.missing') return { cause: event.reason }
  if (event.k === 'svc.swap') return { cause: event.cause }
  if (event.k === 'svc.remove' || event.k === 'env.change')
    return event.cause === 'reset' ? { cause: 'reset' } : {}
  if (event.k === 'lane.reset') return { cause: event.cause, status: 'done', ms: event.ms }
  if (event.k === 'prebuilt') return { status: 'done', ms: event.ms }
  if (event.k === 'shortcut') return { error: event.error }
  if (event.k === 'endpoint.call' || event.k === 'otlp.span')
    return event.error === undefined
      ? { status: 'done', ms: event.ms }
      : { status: 'failed', error: event.error, ms: event.ms }
  if (event.k === 'undo') return { status: 'failed', error: { message: event.error } }
  if (event.k !== 'task') return {}
  if (event.exitCode === 0) return { status: 'done', ms: event.ms }
  const error = { message: `exited with code ${event.exitCode}` }
  return { status: 'failed', error, ms: event.ms }
}
