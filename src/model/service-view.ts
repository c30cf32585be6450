import type { Outputs } from './endpoint.ts'

/** The state of a service in a lane. */
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

/** One service of a lane as a test sees it. */
export interface ServiceView {
  /** Name of the service. */
  readonly name: string
  /** State; `unstarted` if nothing has asked for the service yet. */
  readonly state: ServiceStatus | 'unstarted'
  /** Milliseconds in this state; absent unless it is `preparing` or `starting`. */
  readonly forMs?: number
  /** What is waited for until it is ready: `GET /health on port http to answer 200–399`; absent unless `starting`. */
  readonly awaits?: string
  /** Exit code of a program that ended; absent otherwise. */
  readonly exitCode?: number
  /** Outputs by name, with addresses that are reachable from the test. */
  readonly outputs: Outputs
  /** Environment variables that the service runs with. */
  readonly env: Readonly<Record<string, string>>
  /** Start of the id of its program's container; absent while there is none. */
  readonly container?: string
  /** Lane name of its log in the record: the lane's own, or that of the shared servers. */
  readonly logLane: string
  /** Service name of its log in the record. */
  readonly logName: string
}

/** One lane with all its services. */
export interface LaneView {
  /** Lane name. */
  readonly lane: string
  /** Its services, in declared order, then added ones. */
  readonly services: readonly ServiceView[]
}
