/**
 * One entry of a run's record. Short keys, because there is one line for each of very many entries;
 * readers ignore kinds they do not know.
 */
export interface TraceEvent {
  /** Kind. */
  readonly k: EventKind
  /** Wall clock, milliseconds since the epoch with fractions. */
  readonly t: number
  /** Id of a span, unique in its file; the `.end` event of a span has the same. */
  readonly i?: number
  /** Id of the span around it. */
  readonly p?: number
  /** Test: `<id>#<attempt>`. */
  readonly x?: string
  /** Lane. */
  readonly l?: string
  /** Service. */
  readonly s?: string
  readonly [payload: string]: unknown
}

export type EventKind =
  | 'head'
  | 'run.start'
  | 'run.end'
  | 'test.start'
  | 'test.end'
  | 'step.start'
  | 'step.end'
  | 'lane.lease'
  | 'lane.release'
  | 'lane.reset'
  | 'plan'
  | 'plan.step'
  | 'exec.start'
  | 'exec.end'
  | 'env.change'
  | 'svc.state'
  | 'svc.segment'
  | 'svc.add'
  | 'svc.remove'
  | 'mark'

/** Version of this record's layout, written in every `head`. */
export const traceVersion = 1
