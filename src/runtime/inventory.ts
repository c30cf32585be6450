import type { ContainerState } from './container-state.ts'

/** Kinds of resources that a runtime can remove. */
export type ResourceKind = 'container' | 'network' | 'volume' | 'image'

/** Containers, networks and volumes, as listed. */
export interface Inventory {
  /** Containers in any status. */
  readonly containers: readonly (Pick<ContainerState, 'id' | 'name' | 'labels' | 'status'> &
    CreationTime)[]
  /** Networks with their ids and names. */
  readonly networks: readonly ({
    readonly id: string
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
  } & CreationTime)[]
  /** Volumes; their id is their name. */
  readonly volumes: readonly ({
    readonly id: string
    readonly labels: Readonly<Record<string, string>>
  } & CreationTime)[]
}

/** When something was created, for runtimes that know it. */
export interface CreationTime {
  /** Milliseconds since 1970, by the engine's clock, exact to a second or better. */
  readonly createdMs?: number
}
