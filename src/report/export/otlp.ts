import type { OtlpLevel, TraceEvent } from '../../trace/event/event.ts'
import { parentIdOf, traceIdOf } from '../../trace/event/trace-context.ts'
import type { Trace, TraceNode } from '../../trace/read/trace.ts'
import { factsOf, isSpan, walk } from './walk.ts'

/*
 * A record as OTLP/JSON, as `/v1/traces` and `/v1/logs` of every backend take it. Spans of services keep their ids, so
 * that they hang below the calls of the tests that caused them.
 */

/** Request of `/v1/traces`. */
export interface OtlpTraces {
  readonly resourceSpans: readonly {
    readonly resource: OtlpResource
    readonly scopeSpans: readonly {
      readonly scope: OtlpScope
      readonly spans: readonly OtlpSpan[]
    }[]
  }[]
}

/** Request of `/v1/logs`. */
export interface OtlpLogs {
  readonly resourceLogs: readonly {
    readonly resource: OtlpResource
    readonly scopeLogs: readonly {
      readonly scope: OtlpScope
      readonly logRecords: readonly OtlpLogRecord[]
    }[]
  }[]
}

/** A span of OTLP/JSON. Times are nanoseconds since 1970. */
export interface OtlpSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  /** 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly attributes: readonly OtlpAttribute[]
  readonly events: {
    readonly timeUnixNano: string
    readonly name: string
    readonly attributes: readonly OtlpAttribute[]
  }[]
  readonly links?: readonly { readonly traceId: string; readonly spanId: string }[]
  /** Code 1 is success, 2 a failure; empty where nothing is said. */
  readonly status: { readonly code?: number; readonly message?: string }
}

/** A log record of OTLP/JSON. */
export interface OtlpLogRecord {
  readonly timeUnixNano: string
  readonly severityNumber?: number
  readonly severityText?: string
  readonly body: OtlpValue
  readonly attributes: readonly OtlpAttribute[]
  readonly traceId?: string
  readonly spanId?: string
}

interface OtlpResource {
  readonly attributes: readonly OtlpAttribute[]
}

interface OtlpScope {
  readonly name: string
}

/** A value with its type. */
export type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } }
  | { readonly kvlistValue: { readonly values: readonly OtlpAttribute[] } }
  | Record<string, never>

/** A name and its value. */
export interface OtlpAttribute {
  readonly key: string
  readonly value: OtlpValue
}

/** Returns everything of a record that has a duration as spans; a moment is an event of the span around it. */
export const otlpTraces = (trace: Trace): OtlpTraces => {
  const groups = new Map<string, Group<OtlpSpan>>()
  let made = 0
  walk<OtlpSpan>(trace, (node, above) => {
    if (node.kind === 'log' && above !== undefined) return above
    if (!isSpan(node) && above !== undefined) {
      const attributes = attributesOf(factsOf(node))
      above.events.push({ timeUnixNano: nanos(node.start), name: node.name, attributes })
      return above
    }
    const span = spanOf(node, above, { run: trace.run, number: ++made })
    itemsOf(groups, trace, sourceOf(node)).push(span)
    return span
  })
  return {
    resourceSpans: [...groups.values()].map(({ resource, scope, items }) => ({
      resource,
      scopeSpans: [{ scope, spans: items }],
    })),
  }
}

/** Returns the log records that services sent. */
export const otlpLogs = (trace: Trace): OtlpLogs => {
  const groups = new Map<string, Group<OtlpLogRecord>>()
  for (const event of trace.events)
    if (event.k === 'otlp.log') itemsOf(groups, trace, sourceOfEntry(event)).push(logOf(event))
  return {
    resourceLogs: [...groups.values()].map(({ resource, scope, items }) => ({
      resource,
      scopeLogs: [{ scope, logRecords: items }],
    })),
  }
}

// ---

interface Source {
  readonly service: string
  readonly lane: string | undefined
  readonly scope: string
}

interface Group<T> {
  readonly resource: OtlpResource
  readonly scope: OtlpScope
  readonly items: T[]
}

const itemsOf = <T>(
  groups: Map<string, Group<T>>,
  { run }: Trace,
  { service, lane, scope }: Source,
): T[] => {
  const key = JSON.stringify([service, lane, scope])
  let group = groups.get(key)
  if (group === undefined) {
    const attributes = attributesOf({
      'service.name': service,
      ...(lane === undefined ? {} : { 'mesocosm.lane': lane }),
      ...(run.id === undefined ? {} : { 'mesocosm.run': run.id }),
    })
    group = { resource: { attributes }, scope: { name: scope }, items: [] }
    groups.set(key, group)
  }
  return group.items
}

const ofTests: ReadonlySet<string> = new Set(['run', 'test', 'step', 'call'])

const sourceOf = (node: TraceNode): Source => {
  const [entry] = node.events
  if (entry?.k === 'otlp.span') return sourceOfEntry(entry)
  const service = ofTests.has(node.kind) ? 'tests' : 'mesocosm'
  return { service, lane: node.lane, scope: 'mesocosm' }
}

const sourceOfEntry = ({ s, l, scope }: TraceEvent<'otlp.span' | 'otlp.log'>): Source => ({
  service: s ?? 'unknown',
  lane: l,
  scope: scope ?? '',
})

/** The number makes the ids of spans that have none of their own. */
interface Made extends Pick<Trace, 'run'> {
  readonly number: number
}

const spanOf = (node: TraceNode, above: OtlpSpan | undefined, { run, number }: Made): OtlpSpan => {
  const [entry] = node.events
  const isOwn = entry?.k === 'otlp.span'
  const isRoot = node.kind === 'test' || above === undefined
  const spanId = isOwn ? entry.id : parentIdOf(node.id ?? `${run.id ?? 'run'} ${number}`)
  const parent = isOwn ? entry.parent : isRoot ? undefined : above?.spanId
  const events = isOwn
    ? (entry.events ?? []).map(([ms, name, attributes = {}]) => ({
        timeUnixNano: nanos(node.start + ms),
        name,
        attributes: attributesOf(attributes),
      }))
    : []
  const links = isOwn ? entry.links?.map(linkOf) : undefined
  return {
    traceId: isOwn ? entry.trace : traceOf(node, above, run.id),
    spanId,
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    name: node.name,
    kind: isOwn ? kindOf[entry.kind ?? 'internal'] : isRequest(node) ? kindOf.client : 1,
    startTimeUnixNano: nanos(node.start),
    endTimeUnixNano: nanos(node.end),
    attributes: attributesOf(factsOf(node)),
    events,
    ...(links === undefined ? {} : { links }),
    status: statusOf(node),
  }
}

const kindOf = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const

const isRequest = ({ events: [entry] }: TraceNode): boolean =>
  entry?.k === 'call.start' && entry.http !== undefined

/** The ids that requests of tests carry: see `traceparentOf`. */
const traceOf = (node: TraceNode, above: OtlpSpan | undefined, run = 'run'): string => {
  if (node.kind === 'test' || above === undefined) return traceIdOf(node.test ?? run)
  if (node.test === undefined && node.id !== undefined && isRequest(node)) return traceIdOf(node.id)
  return above.traceId
}

const statusOf = ({ status, error }: TraceNode): OtlpSpan['status'] => {
  if (status === 'passed' || status === 'done') return { code: 1 }
  if (status === undefined || status === 'skipped' || status === 'unfinished') return {}
  return { code: 2, message: error?.message ?? status }
}

const linkOf = (link: string) => {
  const [traceId = '', spanId = ''] = link.split('-')
  return { traceId, spanId }
}

const levels: Readonly<Record<OtlpLevel, number>> = {
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
}

const logOf = (event: TraceEvent<'otlp.log'>): OtlpLogRecord => ({
  timeUnixNano: nanos(event.t),
  ...(event.level === undefined
    ? {}
    : { severityNumber: levels[event.level], severityText: event.level.toUpperCase() }),
  body: { stringValue: event.text },
  attributes: attributesOf(event.attrs ?? {}),
  ...(event.trace === undefined ? {} : { traceId: event.trace }),
  ...(event.span === undefined ? {} : { spanId: event.span }),
})

/** A number has the bits for microseconds since 1970, not for nanoseconds. */
const nanos = (ms: number): string => `${Math.round(ms * 1_000)}000`

const attributesOf = (values: Readonly<Record<string, unknown>>): OtlpAttribute[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: anyValueOf(value) }))

const anyValueOf = (value: unknown): OtlpValue => {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isSafeInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValueOf) } }
  if (typeof value !== 'object' || value === null) return {}
  return { kvlistValue: { values: attributesOf(value as Readonly<Record<string, unknown>>) } }
}
