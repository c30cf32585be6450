import type { Lane, LeaseOptions } from '../../define/lane.ts'
import type { AnyTopology, ServiceName } from '../../define/topology.ts'

/** Returns a lane of a topology; starts the services that are not running yet. See {@link LeaseOptions}. */
export const lease = async <T extends AnyTopology>(
  topology: T,
  options?: LeaseOptions<ServiceName<T>>,
): Promise<Lane<T>> => {
  // Loaded now: files that only declare topologies need no connection.
  const { openLane } = await import('./open-lane.ts')
  return (await openLane(topology, options)).lane
}
