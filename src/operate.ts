/*
 * The door `mesocosm/operate`, for tools that look after runs: the command line, reports, editors.
 * Everything that needs an engine is loaded when it is called.
 */

// What they are made of
export { projectRoot } from './client/project-root.ts'
export { cliOf } from './define/cli.ts'
export type { AnyTopology } from './define/topology.ts'
export { didYouMean } from './errors/nearest.ts'
export type { CliDefinition, CliKind } from './model/cli.ts'
export type { ExecRequest, ExecResult } from './model/exec.ts'
export type { EnvOverrides as EnvPatch } from './model/lane-change.ts'
export type { LogLine } from './model/log-line.ts'
export type { RunEvent } from './model/run-event.ts'
export type { ServiceSpec, TopologySpec } from './model/service-spec.ts'
export type { LaneView, ServiceView } from './model/service-view.ts'
// Runs
export { type BringUpOptions, type BroughtUp, bringUp } from './operate/bring-up.ts'
// Services of a live run
export {
  type ChangedEnv,
  type ChangeEnvOptions,
  changeEnv,
  serviceNow,
} from './operate/change-env.ts'
export { type EndedRun, type EndRunsOptions, endRuns } from './operate/end-runs.ts'
// The machine
export { examine } from './operate/examine/examine.ts'
export type { Finding } from './operate/examine/finding.ts'
export { type ExecInOptions, execIn } from './operate/exec-in.ts'
export { findGarbage, type Garbage, removeGarbage } from './operate/garbage.ts'
export { type LogsOptions, readLogs } from './operate/logs.ts'
export { findOldImages, removeOldImages } from './operate/old-images.ts'
export { type OpenImage, openImage } from './operate/open-image.ts'
export { type PlannedUp, planUp } from './operate/plan-up.ts'
// Projects and their topology files
export {
  type FindProjectOptions,
  findProject,
  loadTopology,
  type Project,
  topologyOf,
} from './operate/project.ts'
export { listRuns, type RunStatus } from './operate/runs.ts'
export { type WatchRunOptions, watchRun } from './operate/watch-run.ts'
export type { RunFacts, RunView } from './protocol/methods.ts'
export type { StoredImage } from './runtime/runtime.ts'
