import { type EngineCall, engineText } from '../../scripts/engine/api.ts'
import { defaultEndpoint, type Endpoint } from '../../scripts/engine/endpoint.ts'
import { label } from '../../src/runtime/labels.ts'

/*
 * The engine itself, asked past Mesocosm: what it lists is the truth that tests hold Mesocosm to.
 * Everything is found by label.
 */

export interface Container {
  readonly id: string
  readonly lane: string
  readonly service: string
  readonly role: 'sandbox' | 'program'
  /** `created`, `running`, `paused`, `exited` … */
  readonly status: string
  /** Ids of the networks it is on. */
  readonly networks: readonly string[]
}

export interface Inventory {
  readonly containers: readonly Container[]
  readonly networks: readonly string[]
  readonly volumes: readonly string[]
}

/** Everything that has this label, whatever its state. */
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

/** Everything that one run has made and that is still there. */
export const madeBy = (run: string): Promise<Inventory> => labelled(label.run, run)

/** The newest program of each service of a run, by `<lane>/<service>`: container ids. One that was replaced may still be on its way out. */
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

/** Ids of all that is listed, in a fixed order. */
export const idsOf = ({ containers, networks, volumes }: Inventory): readonly string[] =>
  [...containers.map(({ id }) => id), ...networks, ...volumes].sort()

/** Takes away what a failed test left, so that it harms no other. */
export const removeAll = async ({ containers, networks, volumes }: Inventory): Promise<void> => {
  for (const { id } of containers) await remove(`/containers/${id}`, { force: '1', v: '1' })
  for (const id of networks) await remove(`/networks/${id}`)
  for (const id of volumes) await remove(`/volumes/${id}`)
}

/** Path of the engine's unix socket; `undefined` where it is reached in another way. */
export const engineSocket = (): string | undefined =>
  endpoint().url.startsWith('unix://') ? endpoint().url.slice('unix://'.length) : undefined

export const ask = async <T>(call: EngineCall): Promise<T> => {
  const text = await engineText(endpoint(), call)
  return (text === '' ? undefined : JSON.parse(text)) as T
}

// ---

const remove = async (path: string, query: Readonly<Record<string, string>> = {}) => {
  try {
    await ask({ method: 'DELETE', path, query })
  } catch (error) {
    // Somebody else is at it, which is as good.
    if (!/no such|not found|already in progress/i.test(String(error))) throw error
  }
}

const endpoint = (env: NodeJS.ProcessEnv = process.env): Endpoint => {
  const { DOCKER_HOST, DOCKER_CERT_PATH, DOCKER_TLS_VERIFY } = env
  if (DOCKER_HOST === undefined) return defaultEndpoint
  return DOCKER_TLS_VERIFY && DOCKER_CERT_PATH
    ? { url: DOCKER_HOST, certificates: DOCKER_CERT_PATH }
    : { url: DOCKER_HOST }
}

interface ListedContainer {
  readonly Id: string
  readonly State: string
  readonly Labels: Readonly<Record<string, string>>
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { NetworkID: string }>> }
}
