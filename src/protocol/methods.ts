import type { CommandContainer, CommandRequest } from '../model/command-request.ts'
import type { DebugFacts } from '../model/debug-facts.ts'
import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type { ImageWork } from '../model/image-work.ts'
import type { KeptFor, KeptLane, LaneState } from '../model/kept-lane.ts'
import type { MarkedOverrides, ResetDepth } from '../model/lane-change.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { ServiceCommands } from '../model/service-commands.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import type { LaneView, ServiceView } from '../model/service-view.ts'
import type { TraceMode } from '../model/trace-mode.ts'

/** Version of these methods; client and supervisor must agree. */
export const protocolVersion = 7

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
  /** Where debuggers reach the services that the lease debugs, as far as no client knows it. */
  readonly debug?: readonly DebugFacts[]
}

/** Where debuggers reach a service. */
export interface DebugPort extends DebugFacts {
  /** Whether no client has got it before. */
  readonly isNew: boolean
}

/** Where the Control API of a lane is. */
export interface ControlFacts {
  /** `http://127.0.0.1:<port>`. */
  readonly url: string
  /** Bearer token. */
  readonly token: string
  /** The same API as programs on the lane's network reach it; absent unless it was asked for. */
  readonly networkUrl?: string
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
      /** A debugger of the client's process is open: it beats from now on. */
      readonly debugged?: boolean
    }
    result: RunFacts
  }
  /**
   * The client's process runs, and a debugger of it is open. While a client that beats is silent, it is stopped at a
   * breakpoint, and all limits on waiting stand still. The last beat is `over`: its debugger was closed.
   */
  beat: { params: { readonly over?: boolean }; result: null }
  lease: {
    params: {
      readonly spec: TopologySpec
      readonly key?: string
      readonly slot?: string
      readonly reset?: ResetDepth | 'none'
      /** Services to start; default all. */
      readonly services?: readonly string[]
      /** How many clients of the run use lanes at the same time, if known: their lanes are made ahead. */
      readonly workers?: number
      /** How many do so at most, if known. */
      readonly maxWorkers?: number
      /** Services that debuggers can attach to during the lease; default none. */
      readonly debug?: readonly string[]
      /** Services that run as processes of this machine during the lease; default none. */
      readonly local?: readonly string[]
      /** What the client wants to be kept of the run; of several clients, the one that keeps most counts. */
      readonly trace?: TraceMode
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
  /**
   * Keeps a held lane as a failed test left it: when its client has gone, it is neither reset nor removed before
   * `forMs` have passed. `null` if `atMost` lanes of the run are kept already. A lane that is kept for another attempt
   * of the same test is removed.
   */
  keepLane: {
    params: KeptFor & { readonly lane: string; readonly forMs: number; readonly atMost: number }
    result: (KeptLane & LaneView) | null
  }
  /** Makes a kept lane that this client still holds usable again. */
  unkeepLane: { params: { readonly lane: string }; result: null }
  /** Removes kept lanes that no client holds, and returns their names; default all. */
  removeKept: { params: { readonly lanes?: readonly string[] }; result: readonly string[] }
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
  /**
   * Opens the port of this machine that leads debuggers to a service, and changes nothing else. Observers may call this
   * and `debugForRun` on lanes they do not hold.
   */
  debugPort: { params: At & { readonly port?: number }; result: DebugPort }
  /** Lets debuggers attach until `endDebug` with the id, or the reset; with `break`, answers when one has let it go on. */
  debug: {
    params: At & { readonly break: boolean }
    result: { readonly id: number; readonly view: LaneChange }
  }
  endDebug: { params: At & { readonly id: number }; result: LaneChange }
  /** Lets a person attach a debugger, over all resets, until `off` or the end of the lane. */
  debugForRun: { params: At & { readonly debug: 'on' | 'break' | 'off' }; result: null }
  /** Lets a process of this machine take the place of the service's container until `unswap`, or the reset. */
  swap: {
    params: At & { readonly command?: readonly string[]; readonly cwd?: string }
    result: { readonly id: number; readonly view: LaneChange }
  }
  unswap: { params: At & { readonly id: number }; result: LaneChange }
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
  /** Carries connections from an endpoint to a port of this machine's loopback address, until `unlisten`. */
  listen: {
    params: At & { readonly port?: string; readonly to: number }
    result: { readonly id: number; readonly url: string }
  }
  unlisten: { params: { readonly lane: string; readonly id: number }; result: null }
  /** Creates a container for a command on the lane's network; it is removed when the lane is given back. */
  command: {
    params: { readonly lane: string; readonly request: CommandRequest }
    result: CommandContainer
  }
  /** Opens the lane's Control API, which ends with the lease; a second call returns the same one. */
  control: {
    params: {
      readonly lane: string
      /** Whether programs on the lane's network can call it, too; default `false`. */
      readonly network?: boolean
      /** Named commands by service, as far as they are data; those of the first call stay. */
      readonly commands?: Readonly<Record<string, ServiceCommands>>
    }
    result: ControlFacts
  }
  /** Observers may call this and `watchLogs` on lanes they do not hold. */
  exec: {
    params: At & { readonly request: ExecRequest; readonly timeoutMs: number }
    result: ExecResult
  }
  /** Sends a `log` notification whenever the service has written something, from now on. */
  watchLogs: { params: At; result: null }

  /** The whole run, for people. */
  ps: { params: Record<string, never>; result: RunView }
  /** Serves the report of the run on this machine, until the run ends; a second call returns the same address. */
  report: { params: Record<string, never>; result: { readonly address: string } }
  /** What a lease of this topology would do; no `text` when that would be a new lane. Nothing is changed. */
  plan: { params: { readonly spec: TopologySpec }; result: { readonly text?: string } }
  /** Progress notifications from now on. */
  watch: { params: Record<string, never>; result: null }
  /** Each warning of the run that no other client has got, in `warning` notifications; those so far at once. */
  watchWarnings: { params: Record<string, never>; result: null }
  /** Keeps the run after the last client has disconnected. */
  keep: { params: { readonly keep: boolean }; result: null }
  /** Removes everything and ends. Never answered: the connection closes when all is gone. */
  down: { params: Record<string, never>; result: null }
}

/** Facts about a run. */
export interface RunFacts {
  /** Run id: in labels and names of everything it creates. */
  readonly run: string
  /** Folder of the project. */
  readonly root: string
  /** Folder of the run's record. */
  readonly folder: string
  /** Name, version and endpoint of the engine. */
  readonly engine: string
  /** Process id of the supervisor. */
  readonly pid: number
  /** Whether it stays after the last client has disconnected. */
  readonly kept: boolean
}

/** A lane of a run, and whose it is. */
export interface RunLane extends LaneView {
  /** Whether a client holds it. */
  readonly held: boolean
  /** Name of its topology. */
  readonly topology: string
  /** State of the lane. */
  readonly state: LaneState
  /** When it was last leased, released or kept, milliseconds since 1970. */
  readonly since: number
  /** The client that holds it; absent if none does. */
  readonly client?: { readonly client: string; readonly pid: number }
  /** The failed test that it is kept for; absent unless it is kept. */
  readonly kept?: KeptLane
}

/** A run with its lanes and clients. */
export interface RunView extends RunFacts {
  /** Milliseconds since the start of the supervisor. */
  readonly uptimeMs: number
  /** Whether a client uses it; an observer, such as `mesocosm ps`, does not. */
  readonly inUse: boolean
  /** All lanes. */
  readonly lanes: readonly RunLane[]
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
  /** Why limits on waiting stand still in the run, as of now; empty when they go on. */
  clock: { readonly suspended: readonly string[] }
  /** To one client, which prints it. */
  warning: Extract<RunEvent, { kind: 'warning' }>
}

/** Name of a method. */
export type MethodName = keyof Methods
/** Parameters of a method. */
export type ParamsOf<M extends MethodName> = Methods[M]['params']
/** Result of a method. */
export type ResultOf<M extends MethodName> = Methods[M]['result']
