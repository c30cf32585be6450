import type { PluginTypes } from 'mesocosm'
import type { ServiceCommand } from './command.ts'
import type { EnvKey } from './env-key.ts'

/** Everything the generated file of one topology is rendered from. */
export interface TopologyFindings {
  /** Name of the topology. */
  readonly topology: string
  /** Module specifier whose `Register` is augmented: where the topology file imports `defineTopology` from. */
  readonly module: string
  /** Findings by service, in any order. */
  readonly services: readonly ServiceFindings[]
}

/** The env keys, commands and types of methods found for one service. */
export interface ServiceFindings {
  readonly service: string
  readonly env: readonly EnvKey[]
  readonly commands: readonly ServiceCommand[]
  /** Types of the plugin's methods. */
  readonly client?: PluginTypes
}

/** Something that was found but could not be read; generation continues without it. */
export interface GenerateWarning {
  /** Name of the service. */
  readonly service: string
  /** File that caused it, relative to the topology's folder, with `/`. */
  readonly file: string
  /** One sentence, lower case, without a full stop; reads on after the file name. */
  readonly message: string
  /** Names that the file may refer to, to be declared by hand. */
  readonly suggestions?: readonly string[]
}

/** @deprecated use {@link GenerateWarning}. */
export type Warning = GenerateWarning
