import type { RunEvent } from '../model/run-event.ts'
import type { EngineInfo, Runtime } from '../runtime/runtime.ts'
import type { RunRecord } from '../trace/write/run-record.ts'
import type { FreePorts } from './free-ports.ts'
import type { Limit } from './limit.ts'

/** What every part of one run's engine shares. Made once by the supervisor. */
export interface EngineContext {
  readonly runtime: Runtime
  readonly info: EngineInfo
  readonly record: RunRecord
  /** Run id: in labels and names. */
  readonly run: string
  /** Labels of everything this run makes. */
  readonly labels: Readonly<Record<string, string>>
  /** Engine calls at once, by CPU count; starts gain nothing beyond. */
  readonly limit: Limit
  /** Present where ports of the engine's host are ports of this one. */
  readonly freePorts: FreePorts | undefined
  /** Called for everything a person may want to watch. */
  readonly progress: (event: RunEvent) => void
  /** A service wrote something. */
  readonly logged: (lane: string, service: string) => void
}
