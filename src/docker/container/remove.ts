import { pause } from '../../call/pause.ts'
import type { ResourceKind } from '../../runtime/inventory.ts'
import type { NetworkJson } from '../api/api-types.ts'
import { type EngineApi, segment } from '../api/engine-api.ts'
import { says } from '../api/engine-words.ts'
import { engineError, hasStatus, shortId } from '../api/errors.ts'
import { libpodVersion } from '../api/ping-headers.ts'
import { whileRefused } from '../api/while-refused.ts'
import { removeStageLayers } from '../image/stage-layers.ts'
import { detachFrom } from '../network/attach.ts'

/** Removes a resource by force; see `Runtime.remove`. Waits for a removal by another process. */
export const removeResource = async (
  api: EngineApi,
  kind: ResourceKind,
  id: string,
): Promise<void> => {
  try {
    await remove(api, kind, id)
    if (kind === 'image') await removeStageLayers(api, id)
  } catch (error) {
    if (hasStatus(error, 404)) return
    throw engineError(error, `${kind} ${shortId(id)} could not be removed`, { [kind]: id })
  }
}

// ---

const remove = async (api: EngineApi, kind: ResourceKind, id: string): Promise<void> => {
  const path = pathOf(kind, id)
  // Podman removes a network that running containers are on, and then cannot clean up after those.
  if (kind === 'network' && (await libpodVersion(api)) !== undefined) await disconnectAll(api, id)
  try {
    await api.json('DELETE', path, {
      query: kind === 'container' ? forced : force(kind),
    })
  } catch (error) {
    if (kind === 'network' && says('network in use', error)) {
      // It may still be connecting a container whose caller has given up: such a connection is not listed yet.
      await whileRefused('network in use', async () => {
        await disconnectAll(api, id)
        await api.json('DELETE', path)
      })
    } else if (kind === 'container' && says('removal in progress', error)) {
      await untilGone(api, path)
    } else if (kind === 'container' && says('has dependents', error)) {
      // Podman keeps a sandbox until the containers that have joined it are gone; other calls may be removing those now.
      await whileRefused('has dependents', () => api.json('DELETE', path, { query: forced }))
    } else if (kind === 'container' && says('network missing', error)) {
      // Podman has removed the container all the same.
      await api.json('DELETE', path, { query: forced })
    } else {
      throw error
    }
  }
}

const forced = { force: 1, v: 1 } as const

const pathOf = (kind: ResourceKind, id: string): string =>
  kind === 'image' ? `/images/${encodeURI(id)}` : `/${kind}s/${segment(id)}`

const force = (kind: ResourceKind): Readonly<Record<string, unknown>> =>
  kind === 'network' ? {} : { force: 1 }

// Containers that the user has connected to the network.
const disconnectAll = async (api: EngineApi, network: string): Promise<void> => {
  const json = await api.json<NetworkJson>('GET', `/networks/${segment(network)}`)
  const containers = Object.keys(json.Containers ?? {})
  await Promise.all(containers.map((container) => detachFrom(api, { container, network })))
}

// Another process removes the container; poll until the engine does not know it any more (404).
const untilGone = async (api: EngineApi, path: string): Promise<void> => {
  const deadline = performance.now() + 10_000
  while (performance.now() < deadline) {
    await api.json('GET', `${path}/json`)
    await pause(20)
  }
  throw new Error('another removal of it did not finish within 10 s')
}
