import type { Caller } from '../client/caller.ts'
import { compile } from '../client/compile.ts'
import { startAt } from '../client/connect.ts'
import type { RunEvent } from '../model/run-event.ts'
import type { TopologySpec } from '../model/service-spec.ts'
import type { LaneView, ServiceView } from '../model/service-view.ts'
import type { RunFacts } from '../protocol/methods.ts'
import { runDirOf } from '../protocol/run-dir.ts'
import { assertKnown } from './known-service.ts'
import { type Project, topologyOf } from './project.ts'
import { ownRun } from './runs.ts'
import { watchEvents } from './watch-events.ts'

export interface BringUpOptions {
  /** Services to start, with all they need; default all. */
  readonly services?: readonly string[]
  /** Declared state and data again, instead of what was left there. Default false. */
  readonly reset?: boolean
  /** Called once when what will be started is known, before anything is. */
  readonly onSpec?: (spec: TopologySpec) => void
  readonly onEvent?: (event: RunEvent) => void
  readonly signal?: AbortSignal
}

export interface BroughtUp {
  readonly facts: RunFacts
  readonly lane: LaneView
}

/**
 * Starts what is not running yet of the topology in the project's warm run and leaves it there:
 * tests that come find the lane ready. What was edited is recreated, the rest is left alone.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `SERVICE_UNKNOWN`, and whatever a start can throw.
 */
export const bringUp = async (
  project: Project,
  options: BringUpOptions = {},
): Promise<BroughtUp> => {
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
    return { facts: { ...facts, kept: true }, lane }
  } finally {
    caller.close()
  }
}

// ---

const startAll = async (
  caller: Caller,
  spec: TopologySpec,
  { services, reset = false, signal }: BringUpOptions,
): Promise<LaneView> => {
  const what = `the start of ${spec.name}`
  let lane = await caller.call(
    'lease',
    { spec, reset: reset ? 'light' : 'none', ...(services?.length ? { services } : {}) },
    { signal, what },
  )
  // A lease leaves alone what was stopped, or ended by itself; who asks for it to be up wants it to run.
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
  // A program that ended with 0 has done its work.
  return state === 'stopped' || exitCode !== 0
}
