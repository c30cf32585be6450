import type { EventKind, SpanName, TraceEvent } from './event.ts'

/** Every kind of this version; the type makes the table complete. */
const kinds: Readonly<Record<EventKind, true>> = {
  head: true,
  gap: true,
  'run.start': true,
  'run.end': true,
  client: true,
  topology: true,
  clock: true,
  'test.start': true,
  'test.end': true,
  'step.start': true,
  'step.end': true,
  'call.start': true,
  'call.end': true,
  'suspended.start': true,
  'suspended.end': true,
  'lane.lease': true,
  'lane.ahead': true,
  'lane.release': true,
  'lane.keep': true,
  'lane.reset': true,
  'lane.names': true,
  'otlp.span': true,
  'otlp.log': true,
  'plan.start': true,
  'plan.step': true,
  'plan.end': true,
  'image.start': true,
  'image.step': true,
  'image.end': true,
  'exec.start': true,
  'exec.end': true,
  'env.change': true,
  'svc.state': true,
  'svc.swap': true,
  'svc.changed': true,
  'svc.warning': true,
  'log.gap': true,
  'trace.truncated': true,
  'svc.add': true,
  'svc.remove': true,
  'edge.used': true,
  'cap.mail': true,
  'cap.object': true,
  'cap.missing': true,
  'endpoint.call': true,
  'debug.attach': true,
  'debug.pause': true,
  'debug.resume': true,
  'debug.detach': true,
  task: true,
  prebuilt: true,
  shortcut: true,
  undo: true,
}

/** Returns whether this version knows the kind. */
export const isEventKind = (kind: unknown): kind is EventKind =>
  typeof kind === 'string' && Object.hasOwn(kinds, kind)

/** An entry that begins a span. */
export type SpanStart = TraceEvent<`${SpanName}.start`>

/** An entry that ends a span. */
export type SpanEnd = TraceEvent<`${SpanName}.end`>

/** Returns whether the entry begins a span. */
export const isSpanStart = (event: TraceEvent): event is SpanStart =>
  event.k.endsWith('.start') && event.k !== 'run.start'

/** Returns whether the entry ends a span. */
export const isSpanEnd = (event: TraceEvent): event is SpanEnd =>
  event.k.endsWith('.end') && event.k !== 'run.end'
