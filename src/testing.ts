/*
 * The door `mesocosm/testing`: the contract suites for plugins, runtimes and runners, and the in-memory runtime.
 * The suites need Vitest, an optional peer dependency.
 */
import './errors/require-node.ts'

// Runtimes
export type { RuntimeEvent } from './runtime/container-event.ts'
export type { ContainerSpec, SandboxSpec } from './runtime/container-spec.ts'
export type { ContainerSignal, ContainerState } from './runtime/container-state.ts'
export {
  type ContractHarness,
  type ContractPrograms,
  type ContractSkip,
  runtimeContract,
} from './runtime/contract/contract.ts'
export type { Diagnosis } from './runtime/diagnosis.ts'
export type { EngineInfo } from './runtime/engine-info.ts'
export type { ImageInfo, ImageOptions, ImageRequest } from './runtime/image-request.ts'
export type { CreationTime, Inventory } from './runtime/inventory.ts'
export type { Programs as MemoryPrograms } from './runtime/memory/images.ts'
export {
  createMemoryRuntime,
  type MemoryRuntime,
  type MemoryRuntimeOptions,
  type RuntimeCall,
} from './runtime/memory/memory-runtime.ts'
export type {
  CommandContext,
  MemoryCommand,
  MemoryFiles,
  MemoryImage,
  MemoryProgram,
  ProgramContext,
} from './runtime/memory/program.ts'
export type { ModuleService } from './runtime/module-service.ts'
export type { LinkChange, NetworkAttachment, NetworkSpec } from './runtime/network-spec.ts'
export type { OutputChunk, OutputGap, StartedProgram } from './runtime/running-program.ts'
export type { Runtime, RuntimeAbilities } from './runtime/runtime.ts'
export type { CommitRequest } from './runtime/stored-image.ts'
// Plugins
export type {
  ContractClause,
  ContractData,
  ContractSeed,
  PluginContract,
  ServiceOf,
} from './testing/contract.ts'
export { pluginContract } from './testing/plugin-contract.ts'
// Runners
export type {
  ContractRun,
  ContractTest,
  ContractTestFile,
  RunnerClause,
  RunnerContract,
} from './testing/runner/contract.ts'
export { runnerContract } from './testing/runner/runner-contract.ts'
