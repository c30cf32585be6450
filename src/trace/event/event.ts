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

/** Commit of the project's files when the run began. */
export interface GitCommit {
  /** Hash of the commit. */
  readonly commit: string
  /** Name of the branch; absent on a detached head. */
  readonly branch?: string
  /** Whether files that git knows differ from the commit. */
  readonly changed: boolean
}

/** A service as a topology declares it, or a test adds it. Values of its environment are not part of it. */
export interface RecordedService {
  /** Name of its plugin; absent for plain services. */
  readonly kind?: string
  /** Name of its image. Exactly one of `image`, `build`, `from` and `endpoint`. */
  readonly image?: string
  /** Folder that its image is built from, relative to the project where it is in it. */
  readonly build?: string
  /** Class of the testcontainers module that it is made from. */
  readonly from?: string
  /** The test answers at its ports. */
  readonly endpoint?: 'test'
  /** `run` for a server that lanes share; absent for one per lane. */
  readonly share?: 'run'
  /** Number and scheme by name. */
  readonly ports?: Readonly<
    Record<string, { readonly port: number; readonly scheme: string; readonly protocol?: 'udp' }>
  >
  /** Declared variables, each with what it refers to: `{ DATABASE_URL: ['db.url'], SIGNUP: [] }`. */
  readonly env?: Readonly<Record<string, readonly string[]>>
  /** Services that it starts after, with the condition. A variable can refer to more services, without waiting. */
  readonly needs?: Readonly<Record<string, 'started' | 'healthy' | 'completed'>>
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
      /** Number of the repetition, which is a test of its own; absent for the first. */
      readonly repeat?: number
      /** Path of the test file. */
      readonly file: string
      /** Line of its declaration in the file, from 1; absent where the runner does not say it. */
      readonly line?: number
      /** Titles of the suites, outermost first, then the test's own. */
      readonly titlePath: readonly string[]
    }
    end: {
      readonly status: 'passed' | 'failed' | 'skipped'
      readonly error?: string
      /** Frames of the failure, as the runner's process sees them, a line each; absent if they are not known. */
      readonly stack?: string
      /** Services that the test asked for. */
      readonly touched: readonly string[]
    }
  }
  /** A part of a test that `lane.step` named. */
  step: { start: { readonly title: string }; end: Outcome }
  /** Limits on waiting stand still in the whole run, because a debugger is paused. */
  suspended: {
    start: {
      /** `api is paused in a debugger`. */
      readonly why: string
    }
    end: Outcome
  }
  /** A method of a lane, a handle or a plugin's client that a test called. */
  call: {
    start: {
      /** `withEnv`, `logs.waitFor`, `lane.reset`. */
      readonly method: string
      /** Redacted; long values are cut. */
      readonly args?: readonly unknown[]
      /** The request of a `fetch`. Its trace id is `traceIdOf` the test, its parent id `parentIdOf` this span. */
      readonly http?: {
        readonly method: string
        /** As the test gave it. */
        readonly path: string
      }
    }
    end: Outcome & {
      readonly status: 'done' | 'failed' | 'timeout' | 'aborted'
      /** Of a `fetch`, until the headers of the response. */
      readonly ms: number
      /** The response of a `fetch`. */
      readonly http?: {
        readonly status: number
        /** Bytes of the request's body; absent if there is none, or if it is a stream or a form. */
        readonly sent?: number
        /** Bytes of the response's body, by its `content-length`; absent if it has none. */
        readonly received?: number
        /** URL of the last request, if there were redirects. */
        readonly redirected?: string
      }
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

/** What every span of OTLP carries. */
export interface OtlpOrigin {
  /** Trace id: 32 hexadecimal digits. */
  readonly trace: string
  /** Name of the library that made it. */
  readonly scope?: string
}

/** Attributes of OTLP as plain values; bytes are base64. */
export type OtlpAttributes = Readonly<Record<string, unknown>>

/** Severity of a log record of OTLP, without its number. */
export type OtlpLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal'

/** What every entry about a debugger carries. */
export interface DebuggerFacts {
  /** Language of the program; absent if the topology does not say it. */
  readonly kind?: 'node' | 'python' | 'php' | 'java' | 'go'
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
    /** Absent if the project is in no repository, or git is not installed. */
    readonly git?: GitCommit
  }
  /** A process that runs tests, such as a worker of a runner; the first entry about its tests follows. */
  client: {
    /** Name of the runner or of the script: `vitest`. */
    readonly client: string
    readonly pid: number
    /** Version of the language's runtime: `node 24.21.0`. */
    readonly runtime: string
    /** Process of the runner that started it; the same as `pid` if it is its own. */
    readonly runner?: number
    /** Command line of the runner; absent if it cannot be read. */
    readonly argv?: readonly string[]
  }
  /** A topology was leased for the first time, or has changed since: the later entry of a name counts. */
  topology: {
    readonly name: string
    readonly services: Readonly<Record<string, RecordedService>>
  }
  /**
   * How far the clock of an engine is ahead of the supervisor's. Times of `svc.state` are the engine's own, on the
   * supervisor's clock by the entry before.
   */
  clock: {
    /** What was compared with. */
    readonly source: 'engine'
    /** Milliseconds; negative if it is behind. 0 if the clocks are not known to differ. */
    readonly offsetMs: number
    /** How much the offset may be wrong, milliseconds. */
    readonly errorMs: number
  }
  /** Everything is removed; `status` says why the run ended. */
  'run.end': { readonly status: string }
  /** A client got the lane: how its last user left it, and how it is reset for this one. */
  'lane.lease': { readonly dirty: ResetDepth | 'clean'; readonly reset: ResetDepth | 'none' }
  /** The lane was made before a client asked for it; its start is `ms` before. */
  'lane.ahead': Outcome & { readonly ms: number }
  /** A client gave the lane back. */
  'lane.release': { readonly dirty: ResetDepth }
  /** It stays as this test left it, until `until`, milliseconds since 1970. */
  'lane.keep': { readonly test: string; readonly until: number }
  /** The end of a reset; its start is `ms` before. */
  'lane.reset': {
    readonly level: ResetDepth
    readonly ms: number
    /** What had failed before, so that it had to be a deep one. */
    readonly cause?: string
  }
  /**
   * By which names a lane's lines can be known in the log of a shared server: with `on`, its database, virtual host or
   * user on the service of the group `on`; without, the addresses of a service of the lane, from which it connects.
   */
  'lane.names': {
    readonly keys: readonly string[]
    /** Group of the shared server: `run`. */
    readonly on?: string
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
    /** Whether it ends with the block of a `withEnv`. */
    readonly stacked?: boolean
    /** A reset of the lane put back what a test had changed. */
    readonly cause?: 'reset'
  }
  /** The engine reported a change of a container; the time is the engine's. */
  'svc.state': {
    readonly state: string
    readonly container: string
    readonly exitCode?: number
    readonly healthy?: boolean
    /** What ended the program: a crash when it did so by itself. */
    readonly by?: 'kill' | 'stop' | 'signal' | 'crash' | 'completed'
  }
  /** A process of this machine took the place of the service's container, or the container that of the process. */
  'svc.swap': {
    readonly to: 'process' | 'container'
    /** Program and arguments of the process. */
    readonly command?: readonly string[]
    /** Its working folder. */
    readonly cwd?: string
    /** Absent if a test asked for it: a reset put back what a test had changed, or `MESOCOSM_LOCAL` named the service. */
    readonly cause?: 'reset' | 'setting'
  }
  /** Files changed that a process of this machine is started again for; the plan that follows does it. */
  'svc.changed': {
    /** Some of the files, absolute. */
    readonly files: readonly string[]
  }
  /** The engine warned of something about the service; once per service and warning. */
  'svc.warning': { readonly message: string }
  /** Lines of the service are missing from here: its output could not be read, because the connection broke. */
  'log.gap': { readonly container: string; readonly reason: string }
  /** The record is full: from here on, only the last lines of each service are kept, or no long output. */
  'trace.truncated': {
    readonly what: 'logs' | 'output'
    readonly limitBytes: number
  }
  /** A test added a service to its lane, and it is ready. */
  'svc.add': { readonly service: RecordedService }
  /** A service that a test had added is removed: by the test, or by the reset after it. */
  'svc.remove': { readonly cause: 'test' | 'reset' }
  /** A service connected to another one, for the first time in this lane. */
  'edge.used': {
    /** The service that it connected to. */
    readonly to: string
    /** Number of the port there. */
    readonly port: number
  }
  /** A mail server received a mail; the time is the server's. */
  'cap.mail': {
    /** Id on the server. */
    readonly id: string
    /** Address of the sender. */
    readonly from: string
    /** Addresses of `To`. */
    readonly to: readonly string[]
    readonly cc?: readonly string[]
    /** Recipients of the envelope that are in no header. */
    readonly bcc?: readonly string[]
    readonly subject: string
    /** Size of its source. */
    readonly bytes: number
    /** The plain text, its first 8 KiB; absent if there is none. */
    readonly text?: string
    /** The HTML, its first 8 KiB; absent if there is none. */
    readonly html?: string
    /** The whole text and HTML where they are longer. */
    readonly blobs?: { readonly text?: BlobRef; readonly html?: BlobRef }
    /** Attachments, in their order, without their content. */
    readonly attachments?: readonly {
      readonly name: string
      /** Media type. */
      readonly type: string
      readonly bytes: number
    }[]
  }
  /** An object store wrote or deleted an object; the time is the server's. */
  'cap.object': {
    readonly do: 'put' | 'delete'
    readonly bucket: string
    readonly key: string
    /** Absent for a deletion. */
    readonly bytes?: number
    /** Media type; absent if the server did not say it. */
    readonly type?: string
    /** Version, in a bucket with versions. */
    readonly versionId?: string
  }
  /** What a service has captured until here could not be read. */
  'cap.missing': { readonly reason: string }
  /** The end of a connection from a service to a test that listened; its start is `ms` before. */
  'endpoint.call': Outcome & {
    /** Name of the endpoint's port. */
    readonly port: string
    /** The service that connected, or its address. */
    readonly from: string
    readonly ms: number
    /** Bytes that the service sent. */
    readonly received: number
    /** Bytes that it got. */
    readonly sent: number
  }
  /** A debugger connected to the program of the service; with `error`, it could not be led there. */
  'debug.attach': Outcome & DebuggerFacts
  /** The program stands still in the debugger, and limits on waiting with it. */
  'debug.pause': DebuggerFacts
  /** The program goes on; its pause began `ms` before. */
  'debug.resume': DebuggerFacts & { readonly ms: number }
  /** The debugger has gone; it connected `ms` before. */
  'debug.detach': Outcome & DebuggerFacts & { readonly ms: number }
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
  /**
   * The end of a span that a service sent by OTLP; its start is `ms` before. It belongs to the test whose
   * `traceIdOf` is its trace id; in the tree it hangs below the span or the call whose id is its `parent`.
   */
  'otlp.span': Outcome &
    OtlpOrigin & {
      /** Span id: 16 hexadecimal digits. */
      readonly id: string
      /** Span id of its parent, or `parentIdOf` a call; absent for the root of a trace. */
      readonly parent?: string
      readonly name: string
      /** Absent for what stays inside of the service. */
      readonly kind?: 'server' | 'client' | 'producer' | 'consumer'
      readonly ms: number
      readonly attrs?: OtlpAttributes
      /** Milliseconds since its start, name, attributes. */
      readonly events?: readonly (readonly [ms: number, name: string, attrs?: OtlpAttributes])[]
      /** Other spans that caused it, `<trace id>-<span id>`. */
      readonly links?: readonly string[]
    }
  /** A log record that a service sent by OTLP. */
  'otlp.log': Partial<OtlpOrigin> & {
    /** Span id of the span that wrote it. */
    readonly span?: string
    readonly level?: OtlpLevel
    readonly text: string
    readonly attrs?: OtlpAttributes
  }
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
