import type { SpanId, TraceEvent } from '../event/event.ts'
import { parentIdOf, traceIdOf } from '../event/trace-context.ts'
import { type Draft, momentNode } from './nodes.ts'

/** An entry that a service sent by OTLP. */
export type OtlpEvent = TraceEvent<'otlp.span' | 'otlp.log'>

/** Returns whether a service sent it by OTLP. */
export const isOtlp = (event: TraceEvent): event is OtlpEvent =>
  event.k === 'otlp.span' || event.k === 'otlp.log'

/** Deeper spans hang below their test: who walks the tree may do it by recursion. */
const deepest = 200

/** An entry on its way into the tree. */
interface Hung {
  readonly node: Draft
  readonly event: OtlpEvent
  /** The span above it. */
  above: Hung | undefined
  /** Number of spans above it, once that is known to end. */
  depth: number | undefined
}

/**
 * Hangs spans and log records of services below what caused them: the span that is their parent, else the call of the
 * test whose request carried its id.
 */
export class OtlpTree {
  readonly #spans: ReadonlyMap<SpanId, Draft>
  readonly #tests: ReadonlyMap<string, readonly Draft[]>
  readonly #all: Hung[] = []
  /** By trace id, then by span id: a joined key would cost more than both. */
  readonly #byId = new Map<string, Map<string, Hung>>()
  #calls: ReadonlyMap<string, Draft> | undefined
  #byTrace: ReadonlyMap<string, string> | undefined

  /** @param tests attempts by `<id>#<attempt>`. */
  constructor(spans: ReadonlyMap<SpanId, Draft>, tests: ReadonlyMap<string, readonly Draft[]>) {
    this.#spans = spans
    this.#tests = tests
  }

  /** Adds the node of an entry, with the test of its trace id. */
  add(event: OtlpEvent): void {
    const node = momentNode(event, event.x ?? this.#testOf(event.trace))
    const hung: Hung = { node, event, above: undefined, depth: undefined }
    this.#all.push(hung)
    if (event.k !== 'otlp.span') return
    const spans = this.#byId.get(event.trace)
    if (spans === undefined) this.#byId.set(event.trace, new Map([[event.id, hung]]))
    else spans.set(event.id, hung)
  }

  /**
   * Hangs all nodes. No node is above itself, and none is deeper than 200 others.
   *
   * @param elsewhere returns what a node hangs below whose parent is not in the record.
   */
  hang(elsewhere: (node: Draft) => Draft): void {
    for (const hung of this.#all) {
      const { event } = hung
      const id = event.k === 'otlp.span' ? event.parent : event.span
      if (id !== undefined) hung.above = this.#byId.get(event.trace ?? '')?.get(id)
    }
    for (const hung of this.#all) {
      if (!isShallow(hung)) cut(hung)
      const { node, event, above } = hung
      const parent = above?.node ?? this.#callOf(event) ?? elsewhere(node)
      parent.children.push(node)
    }
    for (const { node } of this.#all) inOrder(node)
  }

  // ---

  #callOf(event: OtlpEvent): Draft | undefined {
    const id = event.k === 'otlp.span' ? event.parent : event.span
    if (id === undefined) return undefined
    if (this.#calls === undefined) {
      const calls = [...this.#spans].filter(
        ([
          ,
          {
            events: [start],
          },
        ]) => {
          return start?.k === 'call.start' && start.http !== undefined
        },
      )
      this.#calls = new Map(calls.map(([span, node]) => [parentIdOf(span), node]))
    }
    return this.#calls.get(id)
  }

  #testOf(trace: string | undefined): string | undefined {
    this.#byTrace ??= new Map([...this.#tests.keys()].map((test) => [traceIdOf(test), test]))
    return trace === undefined ? undefined : this.#byTrace.get(trace)
  }
}

/** Sorts what a node has caused by time. */
export const inOrder = ({ children }: Draft): void => {
  if (children.length > 1) children.sort((a, b) => a.start - b.start)
}

// ---

/** Whether the way up ends soon, as nearly all do. */
const isShallow = (hung: Hung): boolean => {
  let at: Hung | undefined = hung
  for (let depth = 0; depth <= deepest; depth++) {
    at = at.above
    if (at === undefined) return true
  }
  return false
}

/** Cuts the way up where it is a ring or too long; notes the depth of all on it. */
const cut = (hung: Hung): void => {
  const way: Hung[] = []
  const onWay = new Set<Hung>()
  let at: Hung | undefined = hung
  while (at !== undefined && at.depth === undefined && !onWay.has(at)) {
    way.push(at)
    onWay.add(at)
    at = at.above
  }
  // A damaged record must not make a ring of nodes, which would hang below nothing.
  const last = way.at(-1)
  if (last !== undefined && at !== undefined && onWay.has(at)) last.above = undefined
  for (const one of way.reverse()) {
    const depth: number = one.above === undefined ? 0 : (one.above.depth ?? 0) + 1
    if (depth > deepest) one.above = undefined
    one.depth = depth > deepest ? 0 : depth
  }
}
