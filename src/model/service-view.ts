import type { Outputs } from './endpoint.ts'

/** Where a service of a lane is in its life. */
export type ServiceStatus =
  | 'preparing'
  | 'starting'
  | 'ready'
  | 'paused'
  | 'stopping'
  | 'stopped'
  | 'exited'
  | 'failed'
  | 'removed'

/** What a test sees of one service. */
export interface ServiceView {
  readonly name: string
  /** `unstarted` when nothing has asked for the service yet. */
  readonly state: ServiceStatus | 'unstarted'
  /** Of a program that ended. */
  readonly exitCode?: number
  /** As the test sees them: addresses that answer where the test runs. */
  readonly outputs: Outputs
  readonly env: Readonly<Record<string, string>>
  /** Lane name under which the record keeps its log: the lane's own, or that of the shared servers. */
  readonly logLane: string
  /** Service name under which the record keeps its log. */
  readonly logName: string
}

/** One lane with all its services. */
export interface LaneView {
  readonly lane: string
  readonly services: readonly ServiceView[]
}
