import type { LaneView, RunEvent, RunView, ServiceView, TopologySpec } from 'mesocosm/operate'

/** One line of the tree: a service in a lane. */
export interface TreeRow {
  /** Lane name; `run` for shared servers; `undefined` until the lane is leased. */
  readonly lane: string | undefined
  /** Name of the service. */
  readonly service: string
  /** State of the service; `fetching` while its image is pulled or built. */
  readonly state: ServiceView['state'] | 'fetching'
  /** Start of the current or last change of the service, in the unit of the `now` that was passed in. */
  readonly since: number | undefined
  /** How long that change took; `undefined` while it is in progress. */
  readonly tookMs: number | undefined
  /** Last output line of a pull or build, or details of the state, such as an exit code. */
  readonly note: string
  /** Addresses of the service on this machine. */
  readonly urls: readonly string[]
}

/** The services of a run, as a terminal shows them. Immutable: every change returns a new tree. */
export interface Tree {
  /** Title above the rows. */
  readonly title: string
  /** When it was created, in the unit of the `now` that was passed in. */
  readonly began: number
  /** One row per service and lane, in the order of the topology. */
  readonly rows: readonly TreeRow[]
  /** Whether the rows are fixed: services of other lanes are ignored. */
  readonly closed: boolean
  /** Warnings of the engine, each with its service, oldest first; default none. */
  readonly warnings?: readonly string[]
}

/** Returns a tree of all services of a topology, not started yet; other services are ignored later. */
export const treeOf = (spec: Pick<TopologySpec, 'name' | 'services'>, now: number): Tree => ({
  title: spec.name,
  began: now,
  closed: true,
  rows: Object.entries(spec.services).map(([service, { share }]) =>
    blank(share === 'run' ? 'run' : undefined, service),
  ),
})

/** Returns an empty tree, which gets a row for every service that appears. */
export const openTree = (title: string, now: number): Tree => ({
  title,
  began: now,
  closed: false,
  rows: [],
})

/** Returns the tree after an event. */
export const withEvent = (tree: Tree, event: RunEvent, now: number): Tree => {
  switch (event.kind) {
    case 'service':
      return change(tree, event.lane, event.service, (row) =>
        // A recreated service reports the end of its old container after the start of the new one.
        event.state === 'stopped' && row.state !== 'stopping'
          ? row
          : { ...inState(row, event.state, now), note: event.detail ?? '' },
      )
    case 'image':
      return {
        ...tree,
        rows: tree.rows.map((row) =>
          row.service === event.service && idle.has(row.state)
            ? { ...inState(row, 'fetching', now), note: event.line }
            : row,
        ),
      }
    case 'warning':
      return {
        ...tree,
        warnings: [...(tree.warnings ?? []), `${event.service}: ${event.line}`],
      }
    case 'lane':
      return event.state === 'leased' ? named(tree, event.lane) : tree
  }
}

/** Returns the tree with the current state of a lane. */
export const withLane = (tree: Tree, { lane, services }: LaneView, now: number): Tree =>
  services.reduce<Tree>(
    (grown, service) =>
      change(grown, service.logLane, service.name, (row) => ({
        // The change may have ended before the watch began, or without an event.
        ...(row.state === service.state
          ? row
          : inState(row, service.state, now - (service.forMs ?? 0))),
        ...(service.awaits === undefined ? {} : { note: `waiting for ${service.awaits}` }),
        ...(service.state === 'exited' && service.exitCode !== undefined
          ? { note: `exit code ${service.exitCode}` }
          : {}),
        urls: urlsOf(service),
      })),
    named(tree, lane),
  )

/** Returns the tree with the current state of all lanes of a run. */
export const withRun = (tree: Tree, { lanes }: Pick<RunView, 'lanes'>, now: number): Tree =>
  lanes.reduce((grown, lane) => withLane(grown, lane, now), tree)

/** Returns the addresses of a service on this machine: its own `url`, otherwise those of its ports. */
export const urlsOf = ({ outputs }: Pick<ServiceView, 'outputs'>): readonly string[] => {
  const { url } = outputs
  if (url !== undefined) return [url]
  const ofPorts = Object.entries(outputs).filter(([name]) => name.endsWith('.url'))
  return [...new Set(ofPorts.map(([, value]) => value))]
}

/** Returns whether a change of the service is in progress. */
export const isBusy = ({ state }: Pick<TreeRow, 'state'>): boolean => busy.has(state)

// ---

const busy: ReadonlySet<TreeRow['state']> = new Set([
  'fetching',
  'preparing',
  'starting',
  'stopping',
])

/** States in which a pull or build can start. */
const idle: ReadonlySet<TreeRow['state']> = new Set(['unstarted', 'fetching', 'removed'])

const blank = (lane: string | undefined, service: string): TreeRow => ({
  lane,
  service,
  state: 'unstarted',
  since: undefined,
  tookMs: undefined,
  note: '',
  urls: [],
})

const inState = (row: TreeRow, state: TreeRow['state'], now: number): TreeRow => {
  if (busy.has(state))
    return { ...row, state, since: isBusy(row) ? row.since : now, tookMs: undefined }
  const tookMs = isBusy(row) && row.since !== undefined ? now - row.since : row.tookMs
  return { ...row, state, tookMs }
}

const change = (tree: Tree, lane: string, service: string, by: (row: TreeRow) => TreeRow): Tree => {
  const at = (name: string) =>
    tree.rows.findIndex((row) => row.lane === lane && row.service === name)
  // A shared server whose definition differs from an earlier one has a number after its name.
  const known = at(service)
  const index = known === -1 && lane === 'run' ? at(service.replace(/-\d+$/, '')) : known
  const row = tree.rows[index]
  if (row !== undefined) return { ...tree, rows: tree.rows.with(index, by(row)) }
  return tree.closed ? tree : { ...tree, rows: [...tree.rows, by(blank(lane, service))] }
}

/** Names the lane of a fixed tree: it is the first one that is leased. */
const named = (tree: Tree, lane: string): Tree =>
  tree.rows.some((row) => row.lane === undefined)
    ? { ...tree, rows: tree.rows.map((row) => (row.lane === undefined ? { ...row, lane } : row)) }
    : tree
