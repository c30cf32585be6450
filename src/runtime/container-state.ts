/** State of a container. */
export interface ContainerState {
  /** Id that the runtime gave it. */
  readonly id: string
  /** Name it was created with. */
  readonly name: string
  /** Labels it was created with. */
  readonly labels: Readonly<Record<string, string>>
  /** `exited` whatever ended it. */
  readonly status: 'created' | 'running' | 'paused' | 'exited'
  /** `undefined` unless `exited`. */
  readonly exitCode: number | undefined
  /** Whether it was killed for exceeding its memory limit. */
  readonly outOfMemory: boolean
  /** `none` without a health check. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** Process of its program on the engine's host; absent if it does not run, or the engine does not say it. */
  readonly pid?: number
  /** Own addresses by network id; empty when joined or not running. */
  readonly addresses: Readonly<Record<string, string>>
  /** Published ports: `80/tcp` → port on the engine's host. Engines may leave them out while it is on no network. */
  readonly published: Readonly<Record<string, number>>
}

/** A signal by name, or pause and unpause. */
export type ContainerSignal = 'pause' | 'unpause' | `SIG${string}`
