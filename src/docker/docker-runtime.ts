import type { Runtime } from '../runtime/runtime.ts'
import { createEngineApi } from './api/engine-api.ts'
import { createContainers } from './container/containers.ts'
import { listResources } from './container/list-resources.ts'
import { removeResource } from './container/remove.ts'
import { createWatches } from './container/watches.ts'
import { execIn } from './exec/exec.ts'
import { type DiscoverOptions, discoverEngine } from './find/discover.ts'
import { createEngineInfo } from './find/engine-info.ts'
import { createImages } from './image/images.ts'
import { listImages } from './image/list-images.ts'
import { changeLink, createNetworks } from './network/network.ts'

export interface DockerRuntimeOptions {
  /** Use this engine instead of searching: `unix:///…`, `npipe:///…`, `tcp://…`. */
  readonly endpoint?: string
}

/**
 * The runtime over an engine with the Docker API (Docker, Podman, Colima …).
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND` with every place tried.
 */
export const createDockerRuntime = async (
  options: DockerRuntimeOptions | DiscoverOptions = {},
): Promise<Runtime> => {
  const engine = await discoverEngine(options)
  const api = createEngineApi(engine.dialer, engine.endpoint)
  const about = createEngineInfo(api, engine)
  const containers = createContainers(api, async () => (await about()).publishIp)
  const watches = createWatches(api)
  return {
    info: async () => (await about()).info,
    image: createImages(api, async () => (await about()).info.architecture),
    createNetwork: createNetworks(api),
    create: containers.create,
    start: containers.start,
    inspect: containers.inspect,
    signal: containers.signal,
    exec: (id, request, options) => execIn(api, id, request, options),
    link: (change) => changeLink(api, change),
    list: (labels) => listResources(api, labels),
    images: (labels) => listImages(api, labels),
    watch: watches.watch,
    remove: (kind, id) => removeResource(api, kind, id),
    [Symbol.asyncDispose]: async () => {
      await watches.close()
      containers.close()
      engine.close()
    },
  }
}
