import type { GenerateResult } from '@mesocosm/codegen'
import type { ComposeNote } from '@mesocosm/codegen/compose'
import type {
  AttemptReport,
  CheckoutRun,
  DebuggableService,
  DebuggedService,
  Diagnosis,
  DownResult,
  KeptLaneName,
  LaneStatus,
  LaneView,
  Leftovers,
  LoadedImages,
  LockedImages,
  MergedRecord,
  PullEvent,
  ReadLine,
  RecordedTests,
  RunEvent,
  RunRecordFacts,
  RunStatus,
  SavedImages,
  SplitSummary,
  StoredImage,
  TopologyGraph,
  TopologyImages,
  UpPlan,
} from 'mesocosm/operate'

/*
 * What commands print with `--json`. Names and types of what is here stay; more may be added.
 */

/** One JSON value per command: `JsonOutput['ps']` is what `mesocosm ps --json` prints. */
export interface JsonOutput {
  /** `mesocosm ps --json`. */
  readonly ps: readonly RunStatus[]
  /** `mesocosm ps --all --json`. */
  readonly 'ps --all': readonly CheckoutRun[]
  /** `mesocosm lanes --json`. */
  readonly lanes: readonly LaneStatus[]
  /** `mesocosm plan --json`. */
  readonly plan: UpPlan
  /** `mesocosm down --json`. */
  readonly down: readonly DownResult[]
  /** `mesocosm env <service> --json`, also after a change: the variables by name. */
  readonly env: Readonly<Record<string, string>>
  /** `mesocosm exec <service> --json -- <command>`. */
  readonly exec: JsonExec
  /** `mesocosm debug <service> --json`, on one line; with `--break`, before a debugger lets the program go on. */
  readonly debug: JsonDebug
  /** `mesocosm run --split <pattern> --json -- <command>`: the last line of the output. */
  readonly 'run --split': SplitSummary
  /** `mesocosm graph --json`. */
  readonly graph: TopologyGraph
  /** `mesocosm trace show --json`: the tests of a run. */
  readonly 'trace show': RecordedTests
  /** `mesocosm trace show <test> --json`. */
  readonly 'trace show <test>': JsonAttempt
  /** `mesocosm trace show --failed --json`. */
  readonly 'trace show --failed': JsonAttempts
  /** `mesocosm trace list --json`. */
  readonly 'trace list': readonly RunRecordFacts[]
  /** `mesocosm trace open --json`, on one line. */
  readonly 'trace open': JsonReport
  /** `mesocosm trace export --json`. */
  readonly 'trace export': readonly JsonExport[]
  /** `mesocosm trace merge --json`. */
  readonly 'trace merge': MergedRecord
  /** `mesocosm images --json`. */
  readonly images: TopologyImages
  /** `mesocosm images lock --json`. */
  readonly 'images lock': LockedImages
  /** `mesocosm images save --json`. */
  readonly 'images save': SavedImages & { readonly file: string }
  /** `mesocosm images load --json`. */
  readonly 'images load': LoadedImages & { readonly file: string }
  /** `mesocosm gc --json`. */
  readonly gc: JsonRemoved
  /** `mesocosm doctor --json`. */
  readonly doctor: readonly Diagnosis[]
  /** `mesocosm init --json`. */
  readonly init: JsonInit
  /** `mesocosm agents --json`. */
  readonly agents: JsonAgents
}

/** Commands that print one JSON object per line. */
export interface JsonLines {
  /** `mesocosm up --json`: changes, then one object for the lane. */
  readonly up: RunEvent | JsonUp
  /** `mesocosm logs --json`. */
  readonly logs: ReadLine
  /** `mesocosm gen --json`: one object per topology. */
  readonly gen: JsonGenerated
  /** `mesocosm images pull --json`. */
  readonly 'images pull': JsonPull
}

/** With `--json`, an error is `{ "error": … }` on one line of stderr. */
export interface JsonError {
  /** A code of `docs/reference/errors.md`, `USAGE` for wrong usage, or `UNKNOWN`. */
  readonly code: string
  /** First sentence of the error. */
  readonly message: string
  /** What to do about it; absent if nothing is known to help. */
  readonly remedy?: string
  /** One line per fault; absent if there are none. */
  readonly details?: readonly string[]
  /** Last log lines of the service that it is about; absent if there are none. */
  readonly lastLogs?: readonly string[]
  /** Facts for programs, such as `service`; which ones depends on the code. */
  readonly facts: Readonly<Record<string, unknown>>
}

/** The result of a program that ran in a service. */
export interface JsonExec {
  /** Exit code of the program. */
  readonly exitCode: number
  /** At most 10 MiB, UTF-8. */
  readonly stdout: string
  /** At most 10 MiB, UTF-8. */
  readonly stderr: string
  /** Milliseconds. */
  readonly durationMs: number
  /** Streams that were longer than 10 MiB; absent if none was. */
  readonly truncated?: { readonly stdout: boolean; readonly stderr: boolean }
}

/** Services that debuggers can attach to. */
export interface JsonDebug {
  /** The service; with `--write` and without a service, all that have `debug`; none with `--off`. */
  readonly services: readonly (DebuggedService | DebuggableService)[]
  /** The file of `--write`, absolute. */
  readonly file?: string
  /** Whether the file was changed. */
  readonly written?: boolean
}

/** What `up` has started. */
export interface JsonUp extends LaneView {
  readonly kind: 'up'
  /** Id of the run. */
  readonly run: string
  /** Folder of its record. */
  readonly record: string
  /** Address of the live report; absent without one. */
  readonly report?: string
}

/** What a test did, and the folder of the record that has the blobs. */
export type JsonAttempt = AttemptReport & {
  /** Folder of the run's record, absolute. */
  readonly folder: string
}

/** What failed tests did. */
export type JsonAttempts = Omit<RecordedTests, 'tests'> & {
  /** Failed attempts, in the order of their starts. */
  readonly tests: readonly AttemptReport[]
}

/** Where a report is. */
export interface JsonReport {
  /** Id of the run. */
  readonly run: string
  /** Folder of its record, absolute. */
  readonly folder: string
  /** `file:` or, for a running run, `http:`. */
  readonly address: string
  /** Whether the page follows a running run, as long as that runs. */
  readonly live: boolean
}

/** A file that was written. */
export interface JsonExport {
  /** `otlp` or `perfetto`. */
  readonly format: string
  /** Absolute. */
  readonly file: string
  /** Size of the file. */
  readonly bytes: number
}

/** What `gc` removed, or would remove. */
export type JsonRemoved = Leftovers['engine'] & {
  /** False with `--dry-run`. */
  readonly removed: boolean
  /** Run directories. */
  readonly folders: readonly string[]
  /** With `--images`: cached images. */
  readonly images: readonly StoredImage[]
  /** With `--kept`: lanes that failed tests left. */
  readonly kept: readonly KeptLaneName[]
}

/** What `init` wrote. */
export interface JsonInit {
  /** The topology file, absolute. */
  readonly file: string
  /** The test file, absolute. */
  readonly test: string
  /** Always true. */
  readonly written: boolean
  /** Names of services. */
  readonly services: readonly string[]
  /** Packages that the topology imports. */
  readonly packages: readonly string[]
  /** Packages that are not installed yet. */
  readonly install: readonly string[]
  /** What could not be taken over from Compose files. */
  readonly notes: readonly ComposeNote[]
}

/** Types that were generated for one topology. */
export type JsonGenerated = Omit<GenerateResult, 'folders'>

/** Progress of a pull; an error has the code, the message and the remedy of {@link JsonError}. */
export type JsonPull =
  | Exclude<PullEvent, { kind: 'failed' }>
  | (Omit<Extract<PullEvent, { kind: 'failed' }>, 'error'> & {
      /** Code, message and remedy. */
      readonly error: { readonly code?: string; readonly message: string; readonly remedy?: string }
    })

/** The guide for coding agents. */
export interface JsonAgents {
  /** The guide, as markdown. */
  readonly text: string
  /** The file of `--write`, absolute. */
  readonly file?: string
  /** Whether the file was changed. */
  readonly written: boolean
}
