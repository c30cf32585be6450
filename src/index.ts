/*
 * The door of `mesocosm`: everything to write topologies and tests. Engine, planner and runtimes are internal;
 * runners, the command line, plugins and their tests have their own doors.
 *
 * Every type that is reachable from an inferred value is exported here. Otherwise a project that emits
 * declarations gets TS2742 or TS2883 for its own topology.
 */
import './errors/require-node.ts'

// Wait
export { withTimeout } from './call/with-timeout.ts'
// Use
export { lease } from './client/lane/lease.ts'
export type { AttachLines, AttachTool } from './debug/attach-lines.ts'
// Declare
export {
  type ArgvFunction,
  type Command,
  type CommandCall,
  type CommandOptions,
  defineCommand,
} from './define/command.ts'
export type { DebugOptions, ServiceDebug } from './define/debug.ts'
export type { EnvPatch, EnvPatchOf, EnvTextOf } from './define/env-patch.ts'
export { type EnvValue, type Ref, ref, secret } from './define/env-value.ts'
export type { Expectation, ExpectOptions } from './define/expectations.ts'
export type {
  BaseHandle,
  EnvOptions,
  LogExpectations,
  PortHandle,
  RunOptions,
  ServiceLogs,
  StopOptions,
  SwapOptions,
  WaitOptions,
} from './define/handle.ts'
export type {
  GeneratedClient,
  HandleOf,
  Handles,
  PluginHandle,
  ServiceHandle,
} from './define/handle-types.ts'
export type {
  ControlOptions,
  EndpointName,
  Lane,
  LaneControl,
  LeaseOptions,
  Listener,
  ListenOptions,
  ListenTarget,
  ResetLevel,
  ResetOptions,
} from './define/lane.ts'
export type { MatcherArguments, MesocosmMatchers } from './define/matchers.ts'
export type { FileDefinition, LocalDefinition } from './define/plain-definition.ts'
export type {
  CaptureRequest,
  PluginNode,
  PluginService,
  PluginServiceDefinition,
  PluginTypes,
} from './define/plugin-node.ts'
export {
  type AllOf,
  all,
  exec,
  healthcheck,
  http,
  log,
  type OnPort,
  type PortProbe,
  type Probe,
  tcp,
} from './define/probes.ts'
export type { Register } from './define/register.ts'
export type { Node, ServiceDefinition } from './define/service-definition.ts'
export {
  type TestEndpoint,
  type TestEndpointFactory,
  testEndpoint,
} from './define/test-endpoint.ts'
export { type TestcontainersModule, testcontainer } from './define/testcontainer.ts'
export {
  type AnyTopology,
  defineTopology,
  type ServiceName,
  type ServicesOf,
  type Topology,
} from './define/topology.ts'
// Fail
export type { ErrorCode, ErrorCodes } from './errors/codes.ts'
export { ExecError } from './errors/exec-error.ts'
export { type ErrorFacts, isMesocosmError, MesocosmError } from './errors/mesocosm-error.ts'
export type { AsymmetricMatcher } from './model/asymmetric-matcher.ts'
export type { CliDefinition, CliKind } from './model/cli.ts'
export type { Capability } from './model/container-settings.ts'
export type { DebugFacts } from './model/debug-facts.ts'
export type { ExecResult } from './model/exec.ts'
export type { LogLine } from './model/log-line.ts'
export type { ExecProbe, HealthcheckProbe, HttpProbe, LogProbe, TcpProbe } from './model/probe.ts'
export type {
  DebugKind,
  DebugSources,
  LocalUnsupported,
  TaskContainerSpec,
  TaskPlan,
  TaskSpec,
} from './model/service-spec.ts'
export type { SecretPart, Template } from './model/template.ts'
export type { CommonPluginOptions } from './plugin/common-options.ts'
export { definePlugin, type PluginFactory } from './plugin/define-plugin.ts'
export { self } from './plugin/self.ts'
export { within } from './plugin/within.ts'
