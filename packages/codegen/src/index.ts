/*
 * The public API of `@mesocosm/codegen`. Parsers are loaded on the first call that needs them.
 */
import './error-codes.ts'

export type {
  CommandProbe,
  CommandProvider,
  CommandTool,
  Json,
  JsonValue,
  RunTool,
  Tool,
  ToolFiles,
} from './commands/provider.ts'
export type {
  Argument,
  Command,
  CommandArgument,
  CommandOption,
  Option,
  ServiceCommand,
} from './model/command.ts'
export type { GenerateWarning, Warning } from './model/findings.ts'
export type { ValueType } from './model/value-type.ts'
export {
  type Generated,
  type GenerateOptions,
  type GenerateResult,
  generate,
} from './topology/generate.ts'
export { assertUniqueNames, refuseSameNames } from './topology/name-clash.ts'
export { type RegenerateOptions, regenerate } from './watch/regenerate.ts'
export { type WatchOptions, watchTopology } from './watch/watch.ts'
