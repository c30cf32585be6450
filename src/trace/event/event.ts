import type { ResetDepth } from '../../model/lane-change.ts'

/*
 * The entries of a run's record, one type per kind. Keys are short where every entry has them, because there is
 * one line for each of very many entries. Readers ignore kinds and keys that they do not know.
 */

/** Version of the record's layout; every file names it in its `head`. */
export const traceVersion = 2

/** Id of a span, unique in the run: the writer's prefix, a dot, a number. */
export type SpanId = string

/** Where an entry belongs. */
export interface Origin {
  /** Test, `<id>#<attempt>`. */
  readonly x?: string
  /** Span around it, or the call that caused it. */
  readonly p?: SpanId
  /** Lane; `run` for servers that lanes share. */
  readonly l?: string
  /** Service. */
  readonly s?: string
}

/** How a span ended; `message` is the first sentence of the error. */
export interface Outcome {
  /** The failure; absent if there was none. */
  readonly error?: { readonly code?: string; readonly message: string }
}

/** One step of a plan, as data. */
export interface PlannedStep {
  /** Number of the step within its plan. */
  readonly id: number
  /** What it does: `start program`, `await ready`, … */
  readonly do: string
  /** Service it is about; absent for the lane's network. */
  readonly service?: string
  /** Ids of the steps before it. */
  readonly after: readonly number[]
  /** Why it is done: `env SIGNUP changed`. */
  readonly cause: string
  readonly [detail: string]: unknown
}

/** A piece of output that is too long for its event: a file in `blob/`, by digest. */
export interface BlobRef {
  /** Digest of the redacted content, hexadecimal; the name of the file. */
  readonly sha256: string
  /** Size of the file. */
  readonly bytes: number
}

/** Spans by name: what their two entries carry besides the span's id. */
export interface Spans {
  /** One attempt of a test. */
  test: {
    start: {
      /** Stable over edits: project, file and titles. */
      readonly id: string
      /** Number of earlier attempts. */
      readonly retry: number
      /** Path of the test file. */
      readonly file: string
      /** Titles of the suites, outermost first, then the test's own. */
      readonly titlePath: readonly string[]
    }
    end: {
      readonly status: 'passed' | 'failed' | 'skipped'
      readonly error?: string
      /** Services that the test asked for. */
      readonly touched: readonly string[]
    }
  }
  /** A part of a test that `lane.step` named. */
  step: { start: { readonly title: string }; end: Outcome }
  /** A method of a lane, a handle or a plugin's client that a test called. */
  call: {
    start: {
      /** `withEnv`, `logs.waitFor`, `lane.reset`. */
      readonly method: string
      /** Redacted; long values are cut. */
      readonly args?: readonly unknown[]
    }
    end: Outcome & {
      readonly status: 'done' | 'failed' | 'timeout' | 'aborted'
      readonly ms: number
    }
  }
  /** What was done to get from the observed to the desired state. */
  plan: {
    start: {
      readonly steps: readonly PlannedStep[]
      /** More calls that the same plan serves; the first one is its parent. */
      readonly also?: readonly SpanId[]
    }
    end: { readonly status: 'done' | 'failed' }
  }
  /** A pull or build of a service's image; absent if the image existed. */
  image: {
    start: {
      readonly do: 'pull' | 'build'
      /** Name of the pulled image, or the folder that is built. */
      readonly image: string
    }
    end: Outcome & { readonly ms: number }
  }
  /** A command that ran in a service. */
  exec: {
    start: {
      readonly argv: readonly string[]
      readonly user?: string
      readonly cwd?: string
      readonly env?: Readonly<Record<string, string>>
    }
    end: Outcome & {
      readonly exit?: number
      readonly ms?: number
      /** The first 8 KiB. */
      readonly stdout?: string
      readonly stderr?: string
      /** Streams that were longer than 10 MiB, so that their end was dropped. */
      readonly truncated?: { readonly stdout: boolean; readonly stderr: boolean }
      /** The whole output where it is longer. */
      readonly blobs?: { readonly stdout?: BlobRef; readonly stderr?: BlobRef }
    }
  }
}

/** Entries of one moment, by kind. */
export interface Moments {
  /** First entry of every file. */
  head: {
    readonly v: number
    readonly writer: string
    readonly pid: number
    /** Begins the ids of this file's spans. */
    readonly prefix: string
  }
  /** Entries that could not be written, where they would be: the disk was full. */
  gap: {
    /** Number of entries. */
    readonly lost: number
    /** What the file system reported. */
    readonly reason: string
  }
  /** The supervisor is ready for calls. */
  'run.start': {
    readonly engine: Readonly<Record<string, unknown>>
    readonly root: string
    readonly pid: number
  }
  /** Everything is removed; `status` says why the run ended. */
  'run.end': { readonly status: string }
  /** A client got the lane: how its last user left it, and how it is reset for this one. */
  'lane.lease': { readonly dirty: ResetDepth | 'clean'; readonly reset: ResetDepth | 'none' }
  /** A client gave the lane back. */
  'lane.release': { readonly dirty: ResetDepth }
  /** The end of a reset; its start is `ms` before. */
  'lane.reset': {
    readonly level: ResetDepth
    readonly ms: number
    /** What had failed before, so that it had to be a deep one. */
    readonly cause?: string
  }
  /** The end of one step; its start is `ms` before. Its parent is the plan. */
  'plan.step': Outcome & {
    /** Id within the plan. */
    readonly step: number
    readonly do: string
    readonly status: 'done' | 'failed' | 'blocked'
    readonly ms?: number
  }
  /** Values before and after; `null` where a variable is not set. */
  'env.change': {
    readonly diff: Readonly<Record<string, readonly (string | null)[]>>
    readonly stacked?: boolean
  }
  /** The engine reported a change of a container. */
  'svc.state': {
    readonly state: string
    readonly container: string
    readonly exitCode?: number
    readonly healthy?: boolean
    /** What ended the program: a crash when it did so by itself. */
    readonly by?: 'kill' | 'stop' | 'signal' | 'crash' | 'completed'
  }
  /** The engine warned of something about the service; once per service and warning. */
  'svc.warning': { readonly message: string }
  /** Lines of the service are missing from here: its output could not be read, because the connection broke. */
  'log.gap': { readonly container: string; readonly reason: string }
  /** A test added a service to its lane. */
  'svc.add': unknown
  /** A test removed a service that it had added. */
  'svc.remove': unknown
  /** A hook of a service ran for a lane: enter, reset, … */
  task: {
    readonly purpose: string
    readonly argv: readonly string[]
    readonly exitCode: number
    readonly ms: number
  }
  /** A build reached a step; its parent is the build. */
  'image.step': {
    /** `step 3/7` and the instruction. */
    readonly step: string
  }
  /** An initialised service was committed as an image. */
  prebuilt: { readonly image: string; readonly ms: number }
  /** A way that is only faster failed, so the run takes the plain one; once per shortcut. */
  shortcut: { readonly shortcut: string; readonly error: NonNullable<Outcome['error']> }
  /** The effect of a call that its caller had given up could not be undone. */
  undo: { readonly method: string; readonly error: string }
}

/** Names of spans: `test`, `step`, `call`, … */
export type SpanName = keyof Spans

/** Kinds of entries. */
export type EventKind = keyof Moments | `${SpanName}.start` | `${SpanName}.end`

type SpanEntry<K extends EventKind> = K extends `${infer N extends SpanName}.start`
  ? Spans[N]['start'] & { readonly i: SpanId }
  : K extends `${infer N extends SpanName}.end`
    ? Spans[N]['end'] & { readonly i: SpanId }
    : never

/** What an entry carries besides kind, time and origin. */
export type EventPayload<K extends EventKind> = K extends keyof Moments ? Moments[K] : SpanEntry<K>

/** One entry: `TraceEvent<'exec.end'>`, or any of them. */
export type TraceEvent<K extends EventKind = EventKind> = {
  [Kind in K]: {
    readonly k: Kind
    /** Wall clock, milliseconds since 1970 with fractions. */
    readonly t: number
  } & Origin &
    EventPayload<Kind>
}[K]
