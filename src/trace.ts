/*
 * The door `mesocosm/trace`: the record of a run, read and merged. Nothing behind it needs Node, so that
 * a page in a browser can do the same as the command line.
 */

export {
  type BlobRef,
  type EventKind,
  type EventPayload,
  type GitCommit,
  type Moments,
  type Origin,
  type OtlpAttributes,
  type OtlpLevel,
  type OtlpOrigin,
  type Outcome,
  type PlannedStep,
  type RecordedService,
  type SpanId,
  type SpanName,
  type Spans,
  type TraceEvent,
  traceVersion,
} from './trace/event/event.ts'
export {
  isEventKind,
  isSpanEnd,
  isSpanStart,
  type SpanEnd,
  type SpanStart,
} from './trace/event/kinds.ts'
export { parentIdOf, traceIdOf } from './trace/event/trace-context.ts'
export {
  type AttributedLine,
  type Attributor,
  createAttributor,
} from './trace/read/attribute/attributor.ts'
export type { Attribution, AttributionHow } from './trace/read/attribution.ts'
export { mergeTrace, type TraceFile } from './trace/read/merge-trace.ts'
export { type EventsRead, readEvents, type SkippedLine } from './trace/read/read-events.ts'
export { renderTrace } from './trace/read/render-trace.ts'
export type {
  Trace,
  TraceError,
  TraceNode,
  TraceNodeKind,
  TraceRun,
  TraceStatus,
} from './trace/read/trace.ts'
