import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type { ImageWork } from '../model/image-work.ts'
import type { MarkedOverrides, ResetDepth } from '../model/lane-change.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import type { LaneView, ServiceView } from '../model/service-view.ts'

/** Version of these methods; client and supervisor must agree. */
export const protocolVersion = 3

/** A service of a lane that the connection holds. */
interface At {
  readonly lane: string
  readonly service: string
}

/** What has changed in a lane since the last answer about it. */
export interface LaneChange {
  readonly lane: string
  /** Services whose view has changed, and the one that the call named. */
  readonly services: readonly ServiceView[]
  /** Names of services that are no longer part of the lane. */
  readonly gone?: readonly string[]
}

/** A lane at its lease. */
export interface LeasedView extends LaneView {
  /** Number of the last log row of the run before the lease: the first mark of the lane's logs. */
  readonly logsAfter: number
}

/** Every call that a client can make, by name. */
export interface Methods {
  /** The first call: asks the supervisor to prove that it knows the token. See `proof.ts`. */
  challenge: {
    params: { readonly version: number; readonly nonce: string }
    result: { readonly nonce: string; readonly proof: string }
  }
  /** The second call: the client's proof, and who it is. */
  hello: {
    params: {
      readonly proof: string
      readonly client: string
      readonly pid: number
      readonly observer?: boolean
    }
    result: RunFacts
  }
  lease: {
    params: {
      readonly spec: TopologySpec
      readonly key?: string
      readonly slot?: string
      readonly reset?: ResetDepth | 'none'
      /** Services to start; default all. */
      readonly services?: readonly string[]
    }
    result: LeasedView
  }
  /** Holds a free lane as it is: nothing is started, reset or reconciled. */
  take: { params: { readonly lane: string }; result: LaneView }
  start: {
    params: { readonly lane: string; readonly services?: readonly string[] }
    result: LaneChange
  }
  release: { params: { readonly lane: string; readonly dirty: ResetDepth }; result: null }
  reset: { params: { readonly lane: string; readonly level: ResetDepth }; result: LaneChange }
  /** Takes snapshots of the lane's data as it is now: resets restore these. */
  baseline: { params: { readonly lane: string }; result: null }
  /** Pulls or builds the images of these services (default all) and of all they need. Needs no lane. */
  images: {
    params: { readonly spec: TopologySpec; readonly services?: readonly string[] }
    result: null
  }
  setEnv: {
    params: At & {
      readonly patch: MarkedOverrides
      readonly stacked: boolean
      readonly dependents: boolean
    }
    result: { readonly id: number; readonly view: LaneChange }
  }
  dropEnv: {
    params: At & { readonly id: number; readonly dependents: boolean }
    result: LaneChange
  }
  restart: { params: At & { readonly graceMs?: number }; result: LaneChange }
  stop: { params: At & { readonly graceMs?: number }; result: LaneChange }
  startService: { params: At; result: LaneChange }
  kill: { params: At & { readonly signal: `SIG${string}` }; result: LaneChange }
  pause: { params: At & { readonly paused: boolean }; result: LaneChange }
  attach: { params: At & { readonly connected: boolean }; result: LaneChange }
  add: {
    params: { readonly lane: string; readonly name: string; readonly service: ServiceSpec }
    result: LaneChange
  }
  remove: { params: At; result: LaneChange }
  /** Observers may call this and `watchLogs` on lanes they do not hold. */
  exec: {
    params: At & { readonly request: ExecRequest; readonly timeoutMs: number }
    result: ExecResult
  }
  /** Sends a `log` notification whenever the service has written something, from now on. */
  watchLogs: { params: At; result: null }

  /** The whole run, for people. */
  ps: { params: Record<string, never>; result: RunView }
  /** What a lease of this topology would do; no `text` when that would be a new lane. Nothing is changed. */
  plan: { params: { readonly spec: TopologySpec }; result: { readonly text?: string } }
  /** Progress notifications from now on. */
  watch: { params: Record<string, never>; result: null }
  /** Keeps the run after the last client has disconnected. */
  keep: { params: { readonly keep: boolean }; result: null }
  /** Removes everything and ends. Never answered: the connection closes when all is gone. */
  down: { params: Record<string, never>; result: null }
}

/** Facts about a run. */
export interface RunFacts {
  /** Run id: in labels and names of everything it creates. */
  readonly run: string
  /** Folder of the run's record. */
  readonly folder: string
  /** Name, version and endpoint of the engine. */
  readonly engine: string
  /** Process id of the supervisor. */
  readonly pid: number
  /** Whether it stays after the last client has disconnected. */
  readonly kept: boolean
}

/** A run with its lanes and clients. */
export interface RunView extends RunFacts {
  /** Milliseconds since the start of the supervisor. */
  readonly uptimeMs: number
  /** All lanes, whether a client holds them, and the name of their topology. */
  readonly lanes: readonly (LaneView & { readonly held: boolean; readonly topology: string })[]
  /** Pulls and builds in progress. */
  readonly images: readonly ImageWork[]
  /** Connected clients: name and process id. */
  readonly clients: readonly { readonly client: string; readonly pid: number }[]
  /** Why the record of the run is incomplete, such as a full disk; absent while it is complete. */
  readonly recordFault?: string
}

/** What a supervisor sends without a call. */
export interface Notifications {
  log: {
    readonly lane: string
    readonly service: string
    /** Why the record of the run is incomplete; absent while it is complete. */
    readonly fault?: string
  }
  progress: RunEvent
}

/** Name of a method. */
export type MethodName = keyof Methods
/** Parameters of a method. */
export type ParamsOf<M extends MethodName> = Methods[M]['params']
/** Result of a method. */
export type ResultOf<M extends MethodName> = Methods[M]['result']
