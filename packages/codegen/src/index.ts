/*
 * The door of `@mesocosm/codegen`. What reads sources is loaded when it is called.
 */
import './error-codes.ts'

export type {
  CommandProbe,
  CommandProvider,
  Json,
  RunTool,
  Tool,
  ToolFiles,
} from './commands/provider.ts'
export type { Argument, Command, Option } from './model/command.ts'
export type { Warning } from './model/findings.ts'
export type { ValueType } from './model/value-type.ts'
export { type Generated, type GenerateOptions, generate } from './topology/generate.ts'
export { refuseSameNames } from './topology/name-clash.ts'
export { type RegenerateOptions, regenerate } from './watch/regenerate.ts'
export { type WatchOptions, watchTopology } from './watch/watch.ts'
