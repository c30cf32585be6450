import type { Change } from './change.ts'
import { decideAll, type ReconcileOptions } from './decide.ts'
import type { DesiredState, ObservedState } from './desired.ts'
import type { Plan } from './plan.ts'
import { removeService } from './remove.ts'
import { createStepList, type StepList } from './step-list.ts'

export type { ReconcileOptions } from './decide.ts'
export { teardown } from './remove.ts'

/**
 * Returns the steps from the observed to the desired state; none if nothing differs.
 * The most urgent come first: sandboxes, stops, programs, starts, and last the removals that no step waits for.
 */
export const reconcile = (
  desired: DesiredState,
  observed: ObservedState,
  options: ReconcileOptions = {},
): Plan => {
  const list = createStepList()
  const decided = decideAll(desired, observed, options)
  const state = new Map(
    decided.map((change) => [change.service.name, new Map<Milestone, number>()]),
  )
  const all = decided.map((change): Planned => {
    const own = state.get(change.service.name) ?? new Map()
    return { change, list, own, of: (name, milestone) => state.get(name)?.get(milestone) }
  })

  const needsNetwork = decided.some(({ sandbox, link }) => sandbox.make || link === 'connect')
  const network =
    observed.network === undefined && needsNetwork
      ? list.add({ do: 'create network' }, [], 'no network yet')
      : undefined

  // New sandboxes come first, all at once, because every other step of their services waits for them.
  for (const planned of all)
    if (planned.change.sandbox.old === undefined) addSandbox(planned, observed, network)
  for (const planned of all) addStop(planned)
  for (const planned of all)
    if (planned.change.sandbox.old !== undefined) addSandbox(planned, observed, network)
  for (const planned of all) addLink(planned, network)
  for (const planned of all) addProgram(planned)
  for (const planned of all) addRun(planned)
  for (const planned of all) addRemoval(planned, observed)

  const gone = Object.entries(observed.services)
    .filter(([name]) => !Object.hasOwn(desired.services, name))
    .flatMap(([name, service]) => removeService(list, name, service))
  if (decided.length === 0 && observed.network !== undefined) {
    list.add({ do: 'remove network', network: observed.network }, gone, 'nothing left on it')
  }
  return { group: desired.group, steps: list.steps }
}

// ---

type Milestone = 'sandboxed' | 'stopped' | 'linked' | 'made' | 'started' | 'settled' | 'completed'

interface Planned {
  readonly change: Change
  readonly list: StepList
  /** Ids of the service's own steps. */
  readonly own: Map<Milestone, number>
  readonly of: (service: string, milestone: Milestone) => number | undefined
}

const addSandbox = (planned: Planned, observed: ObservedState, network: number | undefined) => {
  const { change, list, own } = planned
  const { sandbox, service } = change
  if (!sandbox.make) return
  const programs = sandbox.old === undefined ? [] : addRemovals(planned, observed, 'sandboxed')
  // The old sandbox has the service's names until it is gone; engines may keep it until no program has joined it.
  const removed =
    sandbox.old === undefined
      ? undefined
      : list.add(
          { do: 'remove sandbox', service: service.name, container: sandbox.old.id },
          [own.get('stopped'), ...programs],
          change.cause,
        )
  own.set(
    'sandboxed',
    list.add(
      { do: 'start sandbox', service: service.name, hash: sandbox.hash },
      [network, removed],
      change.cause,
    ),
  )
}

const addStop = ({ change, list, own }: Planned) => {
  const { service, stop, cause } = change
  if (stop === undefined) return
  const action = { do: 'stop program', service: service.name, container: stop.id } as const
  own.set('stopped', list.add({ ...action, graceMs: service.stopTimeoutMs }, [], cause))
}

const addLink = ({ change, list, own }: Planned, network: number | undefined) => {
  if (change.link === undefined) return
  const cause = change.link === 'connect' ? 'should be on the network' : 'should be off the network'
  const after = [own.get('sandboxed') ?? network]
  own.set('linked', list.add({ do: change.link, service: change.service.name }, after, cause))
}

const addProgram = ({ change, list, own, of }: Planned) => {
  const { program, service, cause } = change
  if (!program.make) return
  const action = { do: 'create program', service: service.name, hash: program.hash } as const
  const reached = (service.reaches ?? []).map((other) => of(other, 'sandboxed'))
  own.set('made', list.add(action, [own.get('sandboxed'), ...reached], cause))
}

const addRun = ({ change, list, own, of }: Planned) => {
  const { service, cause } = change
  const { name } = service
  if (change.start !== undefined) {
    const waits = Object.entries(service.dependsOn).map(([other, condition]) =>
      of(other, condition === 'healthy' ? 'settled' : condition),
    )
    // The new program does not wait for a killed one, but for one that shuts down, which still uses its ports.
    const stopped =
      change.start === 'again' || service.stopTimeoutMs > 0 ? own.get('stopped') : undefined
    const restart = change.stop !== undefined && change.start === 'again'
    const id = list.add(
      { do: 'start program', service: name, ...(restart ? { restart } : {}) },
      [own.get('made'), stopped, own.get('linked'), ...waits],
      cause,
    )
    own.set('started', id).set('settled', id)
  }
  const before = () => [own.get('started') ?? own.get('linked')]
  if (change.unpause) {
    const id = list.add({ do: 'unpause', service: name }, before(), 'should run')
    own.set('started', id).set('settled', id)
  }
  if (change.awaitReady) {
    own.set('settled', list.add({ do: 'await ready', service: name }, before(), 'not ready yet'))
  }
  if (change.awaitCompleted) {
    const id = list.add({ do: 'await completed', service: name }, before(), 'not completed yet')
    own.set('completed', id)
  }
  if (change.pause) {
    list.add({ do: 'pause', service: name }, [own.get('settled')], 'should be paused')
  }
}

/** Adds the removals of replaced programs, unless a new sandbox had to wait for them. */
const addRemoval = (planned: Planned, observed: ObservedState) => {
  if (planned.change.sandbox.old === undefined) addRemovals(planned, observed, 'settled')
}

/**
 * Adds the removals of a service's replaced programs; returns their ids.
 *
 * @param before `settled`: after the new program is ready, since removals slow down starts on the engine.
 */
const addRemovals = (
  { change, list, own }: Planned,
  observed: ObservedState,
  before: 'sandboxed' | 'settled',
): number[] => {
  const { name } = change.service
  const { old } = change.program
  const remove = (container: string, after: (number | undefined)[], cause: string) =>
    list.add({ do: 'remove program', service: name, container }, after, cause)
  const settled = before === 'settled' ? (own.get('settled') ?? own.get('made')) : undefined
  return [
    ...(old === undefined ? [] : [remove(old.id, [own.get('stopped'), settled], 'replaced')]),
    ...(observed.services[name]?.outgoing ?? []).map((id) => remove(id, [], 'left over')),
  ]
}
