import { engine } from './engine.ts'
import { benchLabel } from './settings.ts'

/**
 * Removes what contenders were kept from removing, such as by Ctrl-C.
 *
 * @param id value of the label, and prefix of names.
 */
export const removeLeftovers = async (id: string): Promise<void> => {
  const docker = engine()
  const label = [`${benchLabel}=${id}`]
  const listContainers = () => docker.listContainers({ all: true, filters: { label } })
  // A call that was under way when its caller died may still bring one more.
  for (let found = await listContainers(); found.length > 0; found = await listContainers())
    await Promise.all(
      found.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true })),
    )
  // Testcontainers puts no labels of ours on its networks, but takes a name.
  const networks = await docker.listNetworks({ filters: { name: [id] } })
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove()))
}
