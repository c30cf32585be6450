import type { RunEvent } from '../../model/run-event.ts'
import type { EngineInfo, Runtime } from '../../runtime/runtime.ts'
import type { RunRecord } from '../../trace/write/run-record.ts'
import type { FreePorts } from './free-ports.ts'
import type { Limit } from './limit.ts'

/** What belongs to a run, whatever engines its lanes are on. */
export interface RunContext {
  readonly record: RunRecord
  /** Run id: in labels and names. */
  readonly run: string
  /** Labels of everything this run makes. */
  readonly labels: Readonly<Record<string, string>>
  /** Called for everything that a user may want to watch. */
  readonly progress: (event: RunEvent) => void
  /** Called when a service has written to its log. */
  readonly logged: (lane: string, service: string) => void
}

/** What belongs to one engine of a run. */
export interface EngineResources {
  readonly runtime: Runtime
  readonly info: EngineInfo
  /** Limits concurrent calls by CPU count; more would not start anything sooner. */
  readonly limit: Limit
  /** Present when ports of the engine's host are ports of this host. */
  readonly freePorts: FreePorts | undefined
}

/** Both, while a run has one engine; take only the half that is needed. Created once by the supervisor. */
export interface EngineContext extends RunContext, EngineResources {}
