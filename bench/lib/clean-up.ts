import { engine } from './engine.ts'
import { benchLabel } from './settings.ts'

/**
 * Removes what contenders could not remove themselves, for example after Ctrl-C.
 *
 * @param id the value of the label, and the prefix of names.
 */
export const removeLeftovers = async (id: string): Promise<void> => {
  const docker = engine()
  const label = [`${benchLabel}=${id}`]
  const listContainers = () => docker.listContainers({ all: true, filters: { label } })
  // A call that was in flight when its caller died may still create a container.
  for (let found = await listContainers(); found.length > 0; found = await listContainers())
    await Promise.all(
      found.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
    )
  // Networks of testcontainers have a name of ours, but not our label.
  const networks = await docker.listNetworks({ filters: { name: [id] } })
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()))
}
