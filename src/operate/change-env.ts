import { connectTo } from '../client/connect.ts'
import type { EnvOverrides } from '../model/lane-change.ts'
import type { ServiceView } from '../model/service-view.ts'
import { type LaneChoice, laneOf } from './lane-of.ts'
import type { Project } from './project.ts'
import { theRun } from './runs.ts'

export interface ChangeEnvOptions extends Omit<LaneChoice, 'topology'> {
  readonly run?: string | undefined
  /** Also restart the services that depend on it. Default false. */
  readonly dependents?: boolean
}

export interface ChangedEnv {
  readonly lane: string
  readonly service: ServiceView
  readonly ms: number
}

/**
 * Changes variables of a service in a live run and waits until it is ready with them; `null` takes one away.
 * They stay until the lane is reset, which the next lease by a test does.
 *
 * @throws {MesocosmError} `LANE_BUSY` while a test holds the lane; `SERVICE_UNKNOWN`, `SERVICE_NOT_READY`, …
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
      const { view } = await caller.call(
        'setEnv',
        { lane, service, patch, stacked: false, dependents },
        { what: `the change of ${service}'s environment` },
      )
      return { lane, service: serviceIn(view.services, service), ms: performance.now() - start }
    } finally {
      await caller.call('release', { lane, dirty: 'light' })
    }
  } finally {
    caller.close()
  }
}

/** A service of a live run as it is now, its environment included. */
export const serviceNow = async (
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
    // One that a test holds could be looked at, but not changed.
    const freeFirst = { lanes: lanes.toSorted((a, b) => Number(a.held) - Number(b.held)) }
    return { session, ...laneOf(freeFirst, [service], { lane, topology: project.topology?.name }) }
  } catch (error) {
    session.caller.close()
    throw error
  }
}

const serviceIn = (services: readonly ServiceView[], name: string): ServiceView =>
  services.find((service) => service.name === name) as ServiceView
