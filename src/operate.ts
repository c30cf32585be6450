/*
 * The door `mesocosm/operate`, for tools that manage runs: the command line, reports, editors.
 * Everything that needs an engine is loaded when it is called.
 */
import './errors/require-node.ts'

// Commands
export type { LaneTime, SplitSummary } from './balance/split-summary.ts'
export { renderSummary } from './balance/split-summary.ts'
// Debuggers
export type { AttachLines, AttachTool } from './debug/attach-lines.ts'
export type { LaunchConfiguration } from './debug/launch-json/configuration.ts'
export {
  type DebuggableService,
  serviceConfiguration,
} from './debug/launch-json/service-configuration.ts'
export {
  type DebuggableRunner,
  debuggableRunners,
  testConfiguration,
} from './debug/launch-json/test-configuration.ts'
export { cliOf } from './define/cli.ts'
export type { AnyTopology } from './define/topology.ts'
// Vocabulary
export { projectRoot } from './disk/project-root.ts'
export { didYouMean } from './errors/nearest.ts'
export type { CliDefinition, CliKind } from './model/cli.ts'
export type { DebugFacts } from './model/debug-facts.ts'
export type { ExecRequest, ExecResult } from './model/exec.ts'
export type { ImageWork } from './model/image-work.ts'
export type { KeptFor, KeptLane, LaneState } from './model/kept-lane.ts'
export type { EnvOverrides as EnvPatch } from './model/lane-change.ts'
export type { LogLine } from './model/log-line.ts'
export type { RunEvent } from './model/run-event.ts'
export type { DebugKind, DebugSources, ServiceSpec, TopologySpec } from './model/service-spec.ts'
export type { LaneView, ServiceView } from './model/service-view.ts'
export { type CheckoutRun, listAllRuns } from './operate/all-runs.ts'
// Services of a live run
export {
  type ChangedEnv,
  type ChangeEnvOptions,
  changeEnv,
  inspectService,
} from './operate/change-env.ts'
export type { CommandPlace } from './operate/command/command-session.ts'
export {
  type RunCommandOptions,
  type RunCommandResult,
  runCommand,
} from './operate/command/run-command.ts'
export {
  type DebuggedService,
  type DebugServiceOptions,
  debuggedText,
  debugService,
} from './operate/debug-service.ts'
export { debuggableServices } from './operate/debuggable-services.ts'
// The machine
export { diagnose } from './operate/diagnose/diagnose.ts'
// Runs
export { type DownOptions, type DownResult, down } from './operate/down.ts'
export { type ExecInOptions, execIn } from './operate/exec-in.ts'
export {
  type FileOrder,
  type FileTime,
  type OrderedFile,
  openFileOrder,
} from './operate/file-order.ts'
// The graph of a topology
export { type GraphOptions, graphOf } from './operate/graph.ts'
export {
  listImages,
  type TopologyImage,
  type TopologyImages,
} from './operate/images/list-images.ts'
export {
  type LoadedImages,
  type LoadImagesOptions,
  loadImages,
} from './operate/images/load-images.ts'
export {
  type LockChange,
  type LockedImages,
  type LockImagesOptions,
  lockImages,
} from './operate/images/lock-images.ts'
// Images of a topology
export type { ImageUse } from './operate/images/needed-images.ts'
export {
  type PullEvent,
  type PulledImages,
  type PullImagesOptions,
  pullImages,
} from './operate/images/pull-images.ts'
export {
  type SavedImages,
  type SaveImagesOptions,
  saveImages,
} from './operate/images/save-images.ts'
export { type KeptLaneName, removeKeptLanes } from './operate/kept-lanes.ts'
export {
  type FindLeftoversOptions,
  findLeftovers,
  type Leftovers,
  prune,
} from './operate/leftovers.ts'
export type { LineFilter, ReadLine } from './operate/line-filter.ts'
export { type LogsOptions, readLogs } from './operate/logs.ts'
export { type OpenImage, openImage } from './operate/open-image.ts'
export { planUp, type UpPlan } from './operate/plan-up.ts'
// Projects and their topology files
export {
  type FindProjectOptions,
  findProject,
  loadTopology,
  type Project,
  topologyOf,
} from './operate/project.ts'
export { type LaneStatus, listLanes, listRuns, type RunStatus } from './operate/runs.ts'
export { findStaleImages, removeStaleImages } from './operate/stale-images.ts'
export { type ExportFormat, exportRun } from './operate/trace/export-run.ts'
// Records of runs
export { isFailed as isFailedTest } from './operate/trace/find-tests.ts'
export { type MergedRecord, mergeRecords } from './operate/trace/merge-records.ts'
export { type OpenedReport, openReport } from './operate/trace/open-report.ts'
export { findRecord, listRecords, type RunRecordFacts } from './operate/trace/records.ts'
export { reportAddress } from './operate/trace/report-address.ts'
export {
  listTests,
  type RecordChoice,
  type RecordedTest,
  type RecordedTests,
  showAttempt,
  showFailed,
} from './operate/trace/show-attempt.ts'
export { type TestLogsOptions, testLogs } from './operate/trace/test-logs.ts'
export { type UpOptions, type UpResult, up } from './operate/up.ts'
export { type WatchRunOptions, watchRun } from './operate/watch-run.ts'
export type { RunFacts, RunLane, RunView } from './protocol/methods.ts'
export type {
  AttemptReport,
  CapturedReport,
  EnvDiff,
  ExecReport,
  OtherAttempt,
  ReportLine,
  ServiceLog,
  SpanReport,
  StateReport,
  StepReport,
  TimelineEntry,
} from './report/attempt/attempt-report.ts'
export { graphMermaid } from './report/graph/mermaid.ts'
export { graphSvg } from './report/graph/svg.ts'
export { graphText } from './report/graph/text.ts'
export type { GraphEdge, GraphNode, TopologyGraph } from './report/graph/topology-graph.ts'
export { attemptMarkdown, type MarkdownOptions } from './report/markdown.ts'
export { type MergedRuns, type MergeRunsOptions, mergeRuns } from './report/merge/merge-runs.ts'
export {
  type ServedReport,
  type ServeReportOptions,
  serveReport,
} from './report/serve/serve-report.ts'
export type { ReportTest } from './report/source.ts'
export {
  type WriteReportOptions,
  type WrittenReport,
  writeReport,
} from './report/write/write-report.ts'
export type { Diagnosis } from './runtime/diagnosis.ts'
export type { StoredImage } from './runtime/stored-image.ts'
export { loadTrace } from './trace/load-trace.ts'
export type { AttributionHow } from './trace/read/attribution.ts'
export type { LogLevel } from './trace/read/level.ts'

// Former names

/** @deprecated Use `inspectService`. */
export { inspectService as serviceNow } from './operate/change-env.ts'
/** @deprecated Use `diagnose`. */
export { diagnose as examine } from './operate/diagnose/diagnose.ts'
/** @deprecated Use `DownOptions`. */
/** @deprecated Use `DownResult`. */
export type { DownOptions as EndRunsOptions, DownResult as EndedRun } from './operate/down.ts'
/** @deprecated Use `down`. */
export { down as endRuns } from './operate/down.ts'
/** @deprecated Use `Leftovers`. */
export type { Leftovers as Garbage } from './operate/leftovers.ts'
/** @deprecated Use `findLeftovers`. */
/** @deprecated Use `prune`. */
export { findLeftovers as findGarbage, prune as removeGarbage } from './operate/leftovers.ts'
/** @deprecated Use `UpPlan`. */
export type { UpPlan as PlannedUp } from './operate/plan-up.ts'
/** @deprecated Use `findStaleImages`. */
/** @deprecated Use `removeStaleImages`. */
export {
  findStaleImages as findOldImages,
  removeStaleImages as removeOldImages,
} from './operate/stale-images.ts'
/** @deprecated Use `UpOptions`. */
/** @deprecated Use `UpResult`. */
export type { UpOptions as BringUpOptions, UpResult as BroughtUp } from './operate/up.ts'
/** @deprecated Use `up`. */
export { up as bringUp } from './operate/up.ts'
/** @deprecated Use `Diagnosis`. */
export type { Diagnosis as Finding } from './runtime/diagnosis.ts'
