import type { LaneView, RunEvent, RunView, ServiceView, TopologySpec } from 'mesocosm/operate'

/** One service in one lane, as shown. */
export interface TreeRow {
  /** Lane name; `run` for servers that lanes share; `undefined` while the lane has no name yet. */
  readonly lane: string | undefined
  readonly service: string
  /** `fetching`: its image is pulled or built. */
  readonly state: ServiceView['state'] | 'fetching'
  /** When the work that is under way, or was last, began. */
  readonly since: number | undefined
  /** How long that work took. */
  readonly tookMs: number | undefined
  /** What it does, or how it ended. */
  readonly note: string
  readonly urls: readonly string[]
}

/** What a terminal shows of a run. A value: every change makes another. */
export interface Tree {
  readonly title: string
  readonly began: number
  readonly rows: readonly TreeRow[]
  /** Rows that are not there are not added: only this lane is of interest. */
  readonly closed: boolean
}

/** The services of a topology that is about to come up. */
export const treeOf = (spec: Pick<TopologySpec, 'name' | 'services'>, now: number): Tree => ({
  title: spec.name,
  began: now,
  closed: true,
  rows: Object.entries(spec.services).map(([service, { share }]) =>
    blank(share === 'run' ? 'run' : undefined, service),
  ),
})

/** A tree that grows with what happens. */
export const openTree = (title: string, now: number): Tree => ({
  title,
  began: now,
  closed: false,
  rows: [],
})

export const withEvent = (tree: Tree, event: RunEvent, now: number): Tree => {
  switch (event.kind) {
    case 'service':
      return change(tree, event.lane, event.service, (row) =>
        // The end of a program whose successor is on its way is not the service's.
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
    case 'lane':
      return event.state === 'leased' ? named(tree, event.lane) : tree
  }
}

/** What a lane looks like now. */
export const withLane = (tree: Tree, { lane, services }: LaneView, now: number): Tree =>
  services.reduce<Tree>(
    (grown, service) =>
      change(grown, service.logLane, service.name, (row) => ({
        // Its work may have ended before the watch began, or without a word.
        ...(row.state === service.state ? row : inState(row, service.state, now)),
        ...(service.state === 'exited' && service.exitCode !== undefined
          ? { note: `exit code ${service.exitCode}` }
          : {}),
        urls: urlsOf(service),
      })),
    named(tree, lane),
  )

/** What all lanes of a run look like now. */
export const withRun = (tree: Tree, { lanes }: Pick<RunView, 'lanes'>, now: number): Tree =>
  lanes.reduce((grown, lane) => withLane(grown, lane, now), tree)

/** Where to reach a service from outside: its own `url`, else those of its ports. */
export const urlsOf = ({ outputs }: Pick<ServiceView, 'outputs'>): readonly string[] => {
  const { url } = outputs
  if (url !== undefined) return [url]
  const ofPorts = Object.entries(outputs).filter(([name]) => name.endsWith('.url'))
  return [...new Set(ofPorts.map(([, value]) => value))]
}

/** Whether something is being done for the service. */
export const isBusy = ({ state }: Pick<TreeRow, 'state'>): boolean => busy.has(state)

// ---

const busy: ReadonlySet<TreeRow['state']> = new Set([
  'fetching',
  'preparing',
  'starting',
  'stopping',
])

/** States that a pull or build follows. */
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
  // A shared server in another form than the one before it has a number after its name.
  const known = at(service)
  const index = known === -1 && lane === 'run' ? at(service.replace(/-\d+$/, '')) : known
  const row = tree.rows[index]
  if (row !== undefined) return { ...tree, rows: tree.rows.with(index, by(row)) }
  return tree.closed ? tree : { ...tree, rows: [...tree.rows, by(blank(lane, service))] }
}

/** The first lane that is leased after the tree was made is the one it waits for. */
const named = (tree: Tree, lane: string): Tree =>
  tree.rows.some((row) => row.lane === undefined)
    ? { ...tree, rows: tree.rows.map((row) => (row.lane === undefined ? { ...row, lane } : row)) }
    : tree
