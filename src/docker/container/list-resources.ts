import type { CreationTime, Inventory } from '../../runtime/inventory.ts'
import type { ContainerRowJson, NetworkJson, VolumesJson } from '../api/api-types.ts'
import { type EngineApi, labelFilter } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { containerStatus } from './state.ts'

/** Returns containers, networks and volumes that carry every one of these labels. */
export const listResources = async (
  api: EngineApi,
  labels: Readonly<Record<string, string>>,
): Promise<Inventory> => {
  const query = { filters: { label: labelFilter(labels) } }
  try {
    const [containers, networks, { Volumes: volumes }] = await Promise.all([
      api.json<ContainerRowJson[]>('GET', '/containers/json', { query: { all: 1, ...query } }),
      api.json<NetworkJson[]>('GET', '/networks', { query }),
      api.json<VolumesJson>('GET', '/volumes', { query }),
    ])
    return {
      containers: containers.map((row) => ({
        id: row.Id,
        name: row.Names[0]?.replace(/^\//, '') ?? '',
        labels: row.Labels ?? {},
        status: containerStatus(row.State),
        createdMs: row.Created * 1_000,
      })),
      networks: networks.map((row) => ({
        id: row.Id,
        name: row.Name,
        labels: row.Labels ?? {},
        ...createdAt(row.Created),
      })),
      volumes: (volumes ?? []).map((row) => ({
        id: row.Name,
        labels: row.Labels ?? {},
        ...createdAt(row.CreatedAt),
      })),
    }
  } catch (error) {
    throw engineError(error, 'containers, networks and volumes could not be listed')
  }
}

// ---

/** Engines leave the time out, or send the year 1, for what they do not know. */
const createdAt = (time: string | undefined): CreationTime => {
  const createdMs = Date.parse(time ?? '')
  return createdMs > 0 ? { createdMs } : {}
}
