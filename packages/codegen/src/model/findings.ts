import type { Command } from './command.ts'
import type { EnvKey } from './env-key.ts'

/** What was found for one topology: all that the generated file is made from. */
export interface TopologyFindings {
  /** Name of the topology. */
  readonly topology: string
  /** Specifier that the topology file imports `defineTopology` from; its `Register` is augmented. */
  readonly module: string
  readonly services: readonly ServiceFindings[]
}

export interface ServiceFindings {
  readonly service: string
  readonly env: readonly EnvKey[]
  readonly commands: readonly Command[]
}

/** Something that was seen and could not be read; generation goes on without it. */
export interface Warning {
  readonly service: string
  /** Relative to the topology's folder, with `/`. */
  readonly file: string
  /** One sentence. */
  readonly message: string
  /** Names that may be meant, for the reader to declare by hand. */
  readonly suggestions?: readonly string[]
}
