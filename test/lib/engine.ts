import { type EngineCall, engineText } from '../../scripts/engine/api.ts'
import { defaultEndpoint, type Endpoint } from '../../scripts/engine/endpoint.ts'
import { candidates } from '../../scripts/engine/find.ts'
import { label } from '../../src/runtime/labels.ts'

/*
 * The engine's own API, without Mesocosm in between: what it lists is what tests expect. Everything is found by label.
 */

export interface Container {
  readonly id: string
  readonly lane: string
  readonly service: string
  readonly role: 'sandbox' | 'program' | 'lease'
  /** `created`, `running`, `paused`, `exited` … */
  readonly status: string
  /** Ids of its networks. */
  readonly networks: readonly string[]
}

export interface Inventory {
  readonly containers: readonly Container[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
}

/** Returns everything with a label, in any state. */
export const labelled = async (key: string, value: string): Promise<Inventory> => {
  const query = { filters: JSON.stringify({ label: [`${key}=${value}`] }) }
  const [containers, networks, { Volumes }] = await Promise.all([
    ask<ListedContainer[]>({ path: '/containers/json', query: { ...query, all: '1' } }),
    ask<{ Id: string }[]>({ path: '/networks', query }),
    ask<{ Volumes: { Name: string }[] | null }>({ path: '/volumes', query }),
  ])
  return {
    containers: containers.map(({ Id, Labels, State, NetworkSettings }) => ({
      id: Id,
      lane: Labels[label.lane] ?? '',
      service: Labels[label.service] ?? '',
      role: Labels[label.role] as Container['role'],
      status: State,
      networks: Object.values(NetworkSettings.Networks).map(({ NetworkID }) => NetworkID),
    })),
    networks: networks.map(({ Id }) => Id),
    volumes: (Volumes ?? []).map(({ Name }) => Name),
  }
}

/** Returns everything of a run that exists. */
export const madeBy = (run: string): Promise<Inventory> => labelled(label.run, run)

/** Returns the container id of each service's newest program by `<lane>/<service>`. A replaced one may not be removed yet. */
export const programs = async (run: string): Promise<Readonly<Record<string, string>>> => {
  const { containers } = await madeBy(run)
  return Object.fromEntries(
    containers
      // The engine lists the newest first; here the last one wins.
      .toReversed()
      .filter(({ role }) => role === 'program')
      .map(({ lane, service, id }) => [`${lane}/${service}`, id]),
  )
}

/** Returns all ids, sorted. */
export const idsOf = ({ containers, networks, volumes }: Inventory): readonly string[] =>
  [...containers.map(({ id }) => id), ...networks, ...volumes].sort()

/** Removes what a failed test left, so that it does not affect others. */
export const removeAll = async ({ containers, networks, volumes }: Inventory): Promise<void> => {
  for (const { id } of containers) await remove(`/containers/${id}`, { force: '1', v: '1' })
  for (const id of networks) await remove(`/networks/${id}`)
  for (const id of volumes) await remove(`/volumes/${id}`)
}

/** Returns the path of the engine's unix socket; `undefined` if it has none. */
export const engineSocket = (): string | undefined =>
  endpoint().url.startsWith('unix://') ? endpoint().url.slice('unix://'.length) : undefined

/** Calls the engine's API, and returns its answer as it is. */
export const askText = (call: EngineCall): Promise<string> => engineText(endpoint(), call)

/** Calls the engine's API. */
export const ask = async <T>(call: EngineCall): Promise<T> => {
  const text = await askText(call)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

// ---

const remove = async (path: string, query: Readonly<Record<string, string>> = {}) => {
  try {
    await ask({ method: 'DELETE', path, query })
  } catch (error) {
    // Another process is removing it.
    if (!/no such|not found|already in progress/i.test(String(error))) throw error
  }
}

/** The engine that the tests are run with: the named one, else the default. */
const endpoint = (): Endpoint =>
  candidates().find(({ foundBy }) => foundBy !== 'socket') ?? defaultEndpoint

interface ListedContainer {
  readonly Id: string
  readonly State: string
  readonly Labels: Readonly<Record<string, string>>
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { NetworkID: string }>> }
}
