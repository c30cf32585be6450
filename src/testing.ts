/*
 * The door `mesocosm/testing`: the contract suites for plugins, runtimes and runners, and the in-memory runtime.
 * The suites need Vitest, an optional peer dependency.
 */
import './errors/require-node.ts'

// Runtimes
export {
  type ContractHarness,
  type ContractPrograms,
  type ContractSkip,
  runtimeContract,
} from './runtime/contract/contract.ts'
export type { Diagnosis } from './runtime/diagnosis.ts'
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
export type {
  CommitRequest,
  ContainerSignal,
  ContainerSpec,
  ContainerState,
  CreationTime,
  EngineInfo,
  ImageInfo,
  ImageOptions,
  ImageRequest,
  Inventory,
  LinkChange,
  ModuleService,
  NetworkAttachment,
  NetworkSpec,
  OutputChunk,
  OutputGap,
  Runtime,
  RuntimeAbilities,
  RuntimeEvent,
  SandboxSpec,
  StartedProgram,
} from './runtime/runtime.ts'
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
