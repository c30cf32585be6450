import type { Address } from '../../model/endpoint.ts'
import type { RunEvent } from '../../model/run-event.ts'
import type { EngineInfo } from '../../runtime/engine-info.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { RunRecord } from '../../trace/write/run-record.ts'
import type { ImageWorks } from '../image/image-works.ts'
import type { Tunnels } from '../tunnel/tunnels.ts'
import type { EngineClock } from './engine-clock.ts'
import type { FreePorts } from './free-ports.ts'
import type { Limit } from './limit.ts'
import type { Shortcuts } from './shortcuts.ts'
import type { EngineWaits } from './waits.ts'
import type { Warnings } from './warnings.ts'

/** The part of the context that does not depend on the engine. */
export interface RunContext {
  readonly record: RunRecord
  /** Run id, used in labels and names. */
  readonly run: string
  /** Labels of everything this run creates. */
  readonly labels: Readonly<Record<string, string>>
  /** Records which shortcuts failed; the run goes on without them. */
  readonly shortcuts: Shortcuts
  /** Reports what the engine warns of. */
  readonly warnings: Warnings
  /** Pulls and builds that are in progress. */
  readonly images: ImageWorks
  /** Called with every progress event. */
  readonly progress: (event: RunEvent) => void
  /** Called when a service has written to its log. */
  readonly logged: (lane: string, service: string) => void
  /** Replace {@link defaultWaits}. */
  readonly waits?: Partial<EngineWaits>
  /** How many free lanes of a topology are made ahead; default none. */
  readonly lanesAhead?: number
}

/** The way from services with `telemetry` to this process. Nothing of it rejects. */
export interface Telemetry {
  /** Resolves when services on the network reach this process, or cannot, which is reported. */
  attach(network: string): Promise<void>
  /** Resolves when the network can be removed; a no-op if it is not attached. */
  detach(network: string): Promise<void>
  /** Resolves with the address at which processes of this machine reach this process; `undefined` if there is none. */
  here(): Promise<Address | undefined>
  close(): Promise<void>
}

/** The part of the context that belongs to one engine of the run. */
export interface EngineResources {
  readonly runtime: Runtime
  readonly info: EngineInfo
  /** Its clock, which may differ from this process's. */
  readonly clock: EngineClock
  /** Limits concurrent calls by CPU count; more would not start anything sooner. */
  readonly limit: Limit
  /** Present if ports of the engine's host are ports of this host. */
  readonly freePorts: FreePorts | undefined
  /** Ways into the networks of services, for debuggers. */
  readonly tunnels: Tunnels
  /** Absent where nothing takes what services send. */
  readonly telemetry?: Telemetry | undefined
}

/** Both parts, while a run has one engine; accept only the part that is needed. Created once by the supervisor. */
export interface EngineContext extends RunContext, EngineResources {}
