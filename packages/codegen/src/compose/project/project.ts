import type { Fault } from '../note.ts'
import type { Mapping } from '../yaml/value.ts'

/** A service of a Compose project, its files merged, each key in its long form. */
export interface ComposeService {
  readonly name: string
  readonly keys: Mapping
  /** Where it was first declared. */
  readonly file: string
  readonly line: number
}

/** All files of a Compose project together. Paths in it are relative to the topology's folder. */
export interface ComposeProject {
  readonly name: string | undefined
  readonly services: readonly ComposeService[]
  readonly volumes: Mapping
  readonly secrets: Mapping
  readonly configs: Mapping
  readonly faults: readonly Fault[]
}
