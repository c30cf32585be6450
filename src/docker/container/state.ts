import type { ContainerState } from '../../runtime/container-state.ts'
import type { ContainerJson } from '../api/api-types.ts'

/** Returns the state of a container from the engine's description. */
export const containerState = (json: ContainerJson): ContainerState => {
  const status = containerStatus(json.State.Status)
  // Podman describes a joined container with the networks of its sandbox.
  const isJoined = json.HostConfig?.NetworkMode?.startsWith('container:') === true
  return {
    id: json.Id,
    name: json.Name.replace(/^\//, ''),
    labels: json.Config.Labels ?? {},
    status,
    exitCode: status === 'exited' ? json.State.ExitCode : undefined,
    outOfMemory: status === 'exited' && json.State.OOMKilled,
    health: healthOf(json.State.Health?.Status),
    ...(json.State.Pid ? { pid: json.State.Pid } : {}),
    addresses: isJoined ? {} : addressesOf(json),
    published: isJoined ? {} : publishedOf(json),
  }
}

/** Returns the status of a container from the engine's word for it. */
export const containerStatus = (status: string): ContainerState['status'] => {
  if (status === 'created' || status === 'running' || status === 'paused') return status
  return status === 'restarting' ? 'running' : 'exited'
}

// ---

const healthOf = (status: string | undefined): ContainerState['health'] =>
  status === 'starting' || status === 'healthy' || status === 'unhealthy' ? status : 'none'

const addressesOf = (json: ContainerJson): Record<string, string> =>
  Object.fromEntries(
    Object.values(json.NetworkSettings.Networks ?? {})
      .filter((network) => network.NetworkID !== '' && network.IPAddress !== '')
      .map((network) => [network.NetworkID, network.IPAddress]),
  )

const publishedOf = (json: ContainerJson): Record<string, number> =>
  Object.fromEntries(
    Object.entries(json.NetworkSettings.Ports ?? {}).flatMap(([port, bindings]) => {
      const hostPort = bindings?.[0]?.HostPort
      return hostPort === undefined ? [] : [[port, Number(hostPort)]]
    }),
  )
