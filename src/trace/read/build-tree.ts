import type { SpanId, TraceEvent } from '../event/event.ts'
import { isSpanEnd, isSpanStart } from '../event/kinds.ts'
import {
  type Draft,
  endSpan,
  endStep,
  factsOfRun,
  looseStepNode,
  type MomentEvent,
  momentNode,
  spanNode,
} from './nodes.ts'
import { inOrder, isOtlp, OtlpTree } from './otlp-tree.ts'

/** An entry and the file that it is from. */
export interface Located {
  readonly event: TraceEvent
  readonly file: string
}

/**
 * Hangs everything that happened below what caused it: under its parent span, else under its test, else under the root.
 *
 * @param located entries in the order of time.
 * @returns the test nodes, in the order of their starts.
 */
export const buildTree = (root: Draft, located: readonly Located[]): Draft[] => {
  const writers = writersOf(located)
  const nodes: Draft[] = []
  const spans = new Map<SpanId, Draft>()
  const tests = new Map<string, Draft[]>()
  for (const { event } of located) {
    if (!isSpanStart(event) || spans.has(event.i)) continue
    const node = spanNode(event)
    nodes.push(node)
    spans.set(event.i, node)
    if (node.kind === 'test' && node.test !== undefined)
      tests.set(node.test, [...(tests.get(node.test) ?? []), node])
  }
  const otlp = new OtlpTree(spans, tests)
  for (const { event } of located) {
    if (isOtlp(event)) otlp.add(event)
    else if (isSpanEnd(event)) {
      const node = spans.get(event.i)
      if (node?.status === 'unfinished') endSpan(node, event)
    } else if (event.k === 'plan.step') {
      const node = plannedStep(spans, event)
      if (node === undefined) nodes.push(looseStepNode(event))
      else endStep(node, event)
    } else if (isMoment(event)) nodes.push(momentNode(event))
  }
  for (const { event, file } of located)
    if (isSpanStart(event)) noteUnfinished(spans.get(event.i), writers.get(file))
  for (const node of nodes) {
    const parent = parentOf(node, spans) ?? testOf(node, tests) ?? root
    parent.children.push(node)
  }
  otlp.hang((node) => testOf(node, tests) ?? root)
  for (const node of [root, ...nodes]) inOrder(node)
  return [...tests.values()].flat().sort((a, b) => a.start - b.start)
}

// ---

interface Writer {
  readonly name: string
  readonly lastSign: number
}

const writersOf = (located: readonly Located[]): Map<string, Writer> => {
  const writers = new Map<string, Writer>()
  for (const { event, file } of located) {
    const pid = event.k === 'head' ? ` (pid ${event.pid})` : ''
    writers.set(file, { name: writers.get(file)?.name ?? file + pid, lastSign: event.t })
  }
  return writers
}

const isMoment = (event: TraceEvent): event is MomentEvent =>
  !isSpanStart(event) &&
  !isSpanEnd(event) &&
  event.k !== 'plan.step' &&
  !(factsOfRun as readonly string[]).includes(event.k)

/** The node that the plan made for the step; one step may be in the plan only once. */
const plannedStep = (
  spans: ReadonlyMap<SpanId, Draft>,
  event: TraceEvent<'plan.step'>,
): Draft | undefined => {
  const plan = spans.get(event.p ?? '')
  const start = plan?.events[0]
  if (plan === undefined || start?.k !== 'plan.start') return undefined
  const node = plan.children[start.steps.findIndex(({ id }) => id === event.step)]
  if (node?.status !== 'unfinished') return undefined
  Object.assign(node, { start: event.t - (event.ms ?? 0) })
  return node
}

const noteUnfinished = (node: Draft | undefined, writer: Writer | undefined): void => {
  if (node?.status !== 'unfinished' || writer === undefined) return
  node.end = Math.max(node.start, writer.lastSign)
  node.error = { message: `${writer.name} wrote no end` }
}

/** A damaged record must not make a ring of nodes, which would hang below nothing. */
const parentOf = (node: Draft, spans: ReadonlyMap<SpanId, Draft>): Draft | undefined => {
  const parent = spans.get(node.parent ?? '')
  for (let above = parent; above !== undefined; above = spans.get(above.parent ?? ''))
    if (above === node) return undefined
  return parent
}

/** A kept run has the same test several times: the last one that had begun. */
const testOf = (node: Draft, tests: ReadonlyMap<string, readonly Draft[]>): Draft | undefined => {
  if (node.kind === 'test') return undefined
  const attempts = tests.get(node.test ?? '') ?? []
  return attempts.findLast(({ start }) => start <= node.start) ?? attempts[0]
}
