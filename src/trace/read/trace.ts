import type { GitCommit, Moments, SpanId, TraceEvent } from '../event/event.ts'
import type { SkippedLine } from './read-events.ts'

/** The record of a run, merged from all of its files. */
export interface Trace {
  /** What is known of the run itself. */
  readonly run: TraceRun
  /** All entries of all files, in the order of time. */
  readonly events: readonly TraceEvent[]
  /** The same as a tree; the run is its root. */
  readonly root: TraceNode
  /** The test nodes of the tree, one per attempt, in the order of their starts. */
  readonly tests: readonly TraceNode[]
  /** Lines that could not be read. */
  readonly skipped: readonly SkippedLine[]
}

/** Facts of a run, from `run.json` and its entries. */
export interface TraceRun {
  /** Id of the run, which is the name of its folder; absent without a `run.json`. */
  readonly id?: string
  /** Folder of the project. */
  readonly root?: string
  /** Container engine: name, version, endpoint and more. */
  readonly engine?: Readonly<Record<string, unknown>>
  /** Commit of the project's files; absent if it is not known. */
  readonly git?: GitCommit
  /** Processes that ran tests, in the order in which they came. */
  readonly clients: readonly Moments['client'][]
  /** The topologies that were leased, by name, as they were last. */
  readonly topologies: Readonly<Record<string, Moments['topology']>>
  /** `running`, or why the run ended; `unfinished` if nothing says. */
  readonly status: string
  /** First moment, milliseconds since 1970. */
  readonly start: number
  /** Last moment that the record knows. */
  readonly end: number
}

/** What a node of the tree stands for. */
export type TraceNodeKind =
  | 'run'
  | 'test'
  | 'step'
  | 'call'
  | 'plan'
  | 'plan step'
  | 'exec'
  | 'task'
  | 'incoming call'
  | 'suspended'
  | 'env'
  | 'state'
  | 'lane'
  | 'service'
  | 'edge'
  | 'mail'
  | 'object'
  | 'image'
  | 'shortcut'
  | 'undo'
  | 'span'
  | 'log'

/** How it ended; `unfinished` if the record has no end, because the writer was killed or still runs. */
export type TraceStatus =
  | 'done'
  | 'passed'
  | 'failed'
  | 'skipped'
  | 'blocked'
  | 'timeout'
  | 'aborted'
  | 'unfinished'

/** One thing that happened in a run, with what it caused. */
export interface TraceNode {
  /** What it is. */
  readonly kind: TraceNodeKind
  /** For people: `withEnv api`, `start program api`, `sign-up › sends mail`. */
  readonly name: string
  /** Id of its span; absent for what has none. */
  readonly id?: SpanId
  /** Test it belongs to, `<id>#<attempt>`. */
  readonly test?: string
  /** Lane it belongs to; `run` for servers that lanes share. */
  readonly lane?: string
  /** Service it is about. */
  readonly service?: string
  /** Milliseconds since 1970. */
  readonly start: number
  /** The same as `start` for a moment; the writer's last sign of life if it is unfinished. */
  readonly end: number
  /** Absent for what cannot fail, such as a change of state. */
  readonly status?: TraceStatus
  /** Why it failed, or what is known of an unfinished one. */
  readonly error?: TraceError
  /** Why it was done: `env SIGNUP changed`. */
  readonly cause?: string
  /** More calls that a plan serves; the first one is its parent. */
  readonly also?: readonly SpanId[]
  /** What it caused, in the order of time. */
  readonly children: readonly TraceNode[]
  /** Its entries: start and end of a span, or the one moment. */
  readonly events: readonly TraceEvent[]
}

/** A failure in the record. */
export interface TraceError {
  /** Code of the error, if it has one. */
  readonly code?: string
  /** First sentence of the message. */
  readonly message: string
}
