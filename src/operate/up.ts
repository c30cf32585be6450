import { compile } from '../client/lane/compile.ts'
import type { Caller } from '../client/session/caller.ts'
import { startAt } from '../client/session/connect.ts'
import { isMesocosmError } from '../errors/mesocosm-error.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { TopologySpec } from '../model/service-spec.ts'
import type { LaneView, ServiceView } from '../model/service-view.ts'
import type { RunFacts } from '../protocol/methods.ts'
import { runDirOf } from '../protocol/run-dir.ts'
import { assertKnown } from './known-service.ts'
import { type Project, topologyOf } from './project.ts'
import { ownRun } from './runs.ts'
import { watchEvents } from './watch-events.ts'

/** Options of {@link up}. */
export interface UpOptions {
  /** Services to start, with all they need; default all. */
  readonly services?: readonly string[]
  /** Resets a lane that is up to its declared state and data. Default false. */
  readonly reset?: boolean
  /** Called once with the topology, before anything is started. */
  readonly onSpec?: (spec: TopologySpec) => void
  /** Called for everything that happens meanwhile. */
  readonly onEvent?: (event: RunEvent) => void
  /** Stops waiting for the start. */
  readonly signal?: AbortSignal
}

/** What {@link up} has started. */
export interface UpResult {
  /** The run, which is kept until `down`. */
  readonly facts: RunFacts
  /** The lane with its services. */
  readonly lane: LaneView
  /** Address of the page that follows the run, on this machine; absent if the run has no record. */
  readonly report?: string
}

/**
 * Starts the services of the topology that are not running yet in the project's warm run, and leaves them there
 * for tests. Services that were edited are recreated.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `SERVICE_UNKNOWN`, and every error of a start.
 */
export const up = async (project: Project, options: UpOptions = {}): Promise<UpResult> => {
  const topology = topologyOf(project)
  const spec = await compile(topology)
  assertKnown(options.services ?? [], Object.keys(spec.services))
  options.onSpec?.(spec)
  const { caller, facts } = await startAt(runDirOf(project.root, ownRun()), {
    root: project.root,
    client: 'mesocosm up',
  })
  try {
    if (options.onEvent !== undefined) await watchEvents(caller, options.onEvent)
    const lane = await startAll(caller, spec, options)
    await caller.call('keep', { keep: true })
    await caller.call('release', { lane: lane.lane, dirty: 'light' })
    const report = await reportAt(caller)
    return { facts: { ...facts, kept: true }, lane, ...report }
  } finally {
    caller.close()
  }
}

// ---

/** Services that run are worth more than a page about them. */
const reportAt = async (caller: Caller): Promise<Pick<UpResult, 'report'>> => {
  try {
    return { report: (await caller.call('report', {})).address }
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'TRACE_NOT_FOUND') return {}
    throw error
  }
}

const startAll = async (
  caller: Caller,
  spec: TopologySpec,
  { services, reset = false, signal }: UpOptions,
): Promise<LaneView> => {
  const what = `the start of ${spec.name}`
  let lane: LaneView = await caller.call(
    'lease',
    { spec, reset: reset ? 'light' : 'none', ...(services?.length ? { services } : {}) },
    { signal, what },
  )
  // A lease does not start services that were stopped or have crashed; `up` does.
  for (const { name } of lane.services.filter((service) => mustStart(service, services)))
    lane = await caller.call(
      'startService',
      { lane: lane.lane, service: name },
      { signal, what: `the start of ${name}` },
    )
  return lane
}

const mustStart = (
  { name, state, exitCode }: ServiceView,
  named: readonly string[] | undefined,
): boolean => {
  if (state !== 'stopped' && state !== 'exited') return false
  if (named?.length) return named.includes(name)
  // Exit code 0 is not a crash.
  return state === 'stopped' || exitCode !== 0
}
