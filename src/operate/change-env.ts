import { connectTo } from '../client/session/connect.ts'
import type { EnvOverrides } from '../model/lane-change.ts'
import type { ServiceView } from '../model/service-view.ts'
import { type LaneChoice, laneOf } from './lane-of.ts'
import type { Project } from './project.ts'
import { theRun } from './runs.ts'

/** Options of {@link changeEnv}. */
export interface ChangeEnvOptions extends Omit<LaneChoice, 'topology'> {
  /** Name of the run; default the warm run, else the only one. */
  readonly run?: string | undefined
  /** Also restart the services that depend on it. Default false. */
  readonly dependents?: boolean
}

/** Result of {@link changeEnv}. */
export interface ChangedEnv {
  /** Name of the lane. */
  readonly lane: string
  /** The service with its new environment. */
  readonly service: ServiceView
  /** How long it took. */
  readonly ms: number
}

/**
 * Changes variables of a service in a live run and waits until it is ready with them; `null` unsets a variable.
 * They stay until the lane is reset, which the next lease by a test does.
 *
 * @throws {MesocosmError} `LANE_BUSY` while a test holds the lane; `SUPERVISOR_UNREACHABLE`, `SERVICE_UNKNOWN`,
 * `SERVICE_NOT_READY`.
 */
export const changeEnv = async (
  project: Project,
  service: string,
  patch: EnvOverrides,
  { dependents = false, ...choice }: ChangeEnvOptions = {},
): Promise<ChangedEnv> => {
  const { session, lane } = await find(project, service, choice)
  session.caller.close()
  const taken = await connectTo(session.runDir, { root: project.root, client: 'mesocosm env' })
  if (taken === undefined) return changeEnv(project, service, patch, { dependents, ...choice })
  const { caller } = taken
  try {
    const start = performance.now()
    await caller.call('take', { lane })
    try {
      await caller.call(
        'setEnv',
        { lane, service, patch, stacked: false, dependents },
        { what: `the change of ${service}'s environment` },
      )
      const ms = performance.now() - start
      // What people see is without secrets, as in `ps`.
      const { lanes } = await caller.call('ps', {})
      const changed = lanes.find((one) => one.lane === lane)
      return { lane, service: serviceIn(changed?.services ?? [], service), ms }
    } finally {
      await caller.call('release', { lane, dirty: 'light' })
    }
  } finally {
    caller.close()
  }
}

/**
 * Returns the current state, outputs and environment of a service in a live run.
 *
 * @throws {MesocosmError} `SUPERVISOR_UNREACHABLE`, `SERVICE_UNKNOWN`, `LANE_RELEASED`
 */
export const inspectService = async (
  project: Project,
  service: string,
  choice: Omit<ChangeEnvOptions, 'dependents'> = {},
): Promise<{ readonly lane: string; readonly service: ServiceView }> => {
  const { session, lane, services } = await find(project, service, choice)
  session.caller.close()
  return { lane, service: serviceIn(services, service) }
}

// ---

const find = async (
  project: Project,
  service: string,
  { run, lane }: Omit<ChangeEnvOptions, 'dependents'>,
) => {
  const { session } = await theRun(project.root, run)
  try {
    const { lanes } = await session.caller.call('ps', {})
    // A lane that a test holds can be inspected, but not changed.
    const freeFirst = { lanes: lanes.toSorted((a, b) => Number(a.held) - Number(b.held)) }
    return { session, ...laneOf(freeFirst, [service], { lane, topology: project.topology?.name }) }
  } catch (error) {
    session.caller.close()
    throw error
  }
}

const serviceIn = (services: readonly ServiceView[], name: string): ServiceView =>
  services.find((service) => service.name === name) as ServiceView
