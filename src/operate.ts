/*
 * The door `mesocosm/operate`, for tools that manage runs: the command line, reports, editors.
 * Everything that needs an engine is loaded when it is called.
 */
import './errors/require-node.ts'

// Vocabulary
export { projectRoot } from './client/session/project-root.ts'
export { cliOf } from './define/cli.ts'
export type { AnyTopology } from './define/topology.ts'
export { didYouMean } from './errors/nearest.ts'
export type { CliDefinition, CliKind } from './model/cli.ts'
export type { ExecRequest, ExecResult } from './model/exec.ts'
export type { ImageWork } from './model/image-work.ts'
export type { EnvOverrides as EnvPatch } from './model/lane-change.ts'
export type { LogLine } from './model/log-line.ts'
export type { RunEvent } from './model/run-event.ts'
export type { ServiceSpec, TopologySpec } from './model/service-spec.ts'
export type { LaneView, ServiceView } from './model/service-view.ts'
// Services of a live run
export {
  type ChangedEnv,
  type ChangeEnvOptions,
  changeEnv,
  inspectService,
} from './operate/change-env.ts'
// The machine
export { diagnose } from './operate/diagnose/diagnose.ts'
// Runs
export { type DownOptions, type DownResult, down } from './operate/down.ts'
export { type ExecInOptions, execIn } from './operate/exec-in.ts'
export {
  type FindLeftoversOptions,
  findLeftovers,
  type Leftovers,
  prune,
} from './operate/leftovers.ts'
export { loadTrace } from './operate/load-trace.ts'
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
export { listRuns, type RunStatus } from './operate/runs.ts'
export { findStaleImages, removeStaleImages } from './operate/stale-images.ts'
export { type UpOptions, type UpResult, up } from './operate/up.ts'
export { type WatchRunOptions, watchRun } from './operate/watch-run.ts'
export type { RunFacts, RunView } from './protocol/methods.ts'
export type { Diagnosis } from './runtime/diagnosis.ts'
export type { StoredImage } from './runtime/runtime.ts'

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
