import type { Fault } from '../note.ts'
import type { Mapping } from '../yaml/value.ts'

/** A service of a Compose project, merged from all files, with short syntax expanded. */
export interface ComposeService {
  readonly name: string
  readonly keys: Mapping
  /** File where it was declared first. */
  readonly file: string
  readonly line: number
}

/** A Compose project, merged from all files. Paths are relative to the topology's folder. */
export interface ComposeProject {
  readonly name: string | undefined
  readonly services: readonly ComposeService[]
  readonly volumes: Mapping
  readonly secrets: Mapping
  readonly configs: Mapping
  readonly faults: readonly Fault[]
}
