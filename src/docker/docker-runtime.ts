import type { Runtime } from '../runtime/runtime.ts'
import { createEngineApi } from './api/engine-api.ts'
import type { Patience } from './api/patience.ts'
import { createContainers } from './container/containers.ts'
import { startInteractive } from './container/interactive.ts'
import { createLease } from './container/lease.ts'
import { listResources } from './container/list-resources.ts'
import { removeResource } from './container/remove.ts'
import { createUnanswered } from './container/unanswered.ts'
import { createWatches } from './container/watches.ts'
import { diagnoseEngine } from './diagnose/diagnose-engine.ts'
import { execIn } from './exec/exec.ts'
import { createExecPrograms } from './exec/exec-program.ts'
import { type DiscoverOptions, discoverEngine } from './find/discover.ts'
import { createEngineInfo } from './find/engine-info.ts'
import { engineTime } from './find/engine-time.ts'
import { commitContainer } from './image/commit.ts'
import { loadImages, saveImages } from './image/image-archive.ts'
import { describeImage, registryImage } from './image/image-details.ts'
import { createImages } from './image/images.ts'
import { listImages } from './image/list-images.ts'
import { createMachineTurns } from './image/machine-turns.ts'
import { ensureSandboxImage, sandboxImage } from './image/sandbox-image.ts'
import { attachTo, detachFrom } from './network/attach.ts'
import { networkCreator } from './network/create-network.ts'

import { openRelay } from './relay/open-relay.ts'

/** Options of {@link createDockerRuntime}. */
export interface DockerRuntimeOptions {
  /** Engine to use instead of searching: `unix:///…`, `npipe:///…`, `tcp://…`. */
  readonly endpoint?: string
  /** How long the engine may take for an answer; by default minutes, for a loaded machine. */
  readonly patience?: Partial<Patience>
  /**
   * Folder of this user alone, where processes that use it wait for builds of each other. Default none: two processes
   * that need the same image at once both build it.
   */
  readonly turnsFolder?: string
}

/**
 * Finds an engine with the Docker API (Docker, Podman, Colima …) and returns a runtime over it.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND` with every address tried.
 */
export const createDockerRuntime = async (
  options: DockerRuntimeOptions & DiscoverOptions = {},
): Promise<Runtime> => {
  const engine = await discoverEngine(options)
  const api = createEngineApi(engine.dialer, engine.endpoint, options.patience)
  const about = createEngineInfo(api, engine)
  const images = createImages(api, undefined, createMachineTurns(options.turnsFolder))
  const unanswered = createUnanswered(api)
  const containers = createContainers(api, about, unanswered)
  const programs = createExecPrograms(api, async () => (await about()).info.architecture)
  const watches = createWatches(api)
  return {
    info: async () => (await about()).info,
    image: images.image,
    createNetwork: networkCreator(api, unanswered),
    create: containers.create,
    start: containers.start,
    inspect: containers.inspect,
    signal: containers.signal,
    exec: (id, request, options) => execIn({ api, programs }, id, request, options),
    attach: (attachment) => attachTo(api, attachment),
    detach: (attachment) => detachFrom(api, attachment),
    list: (labels) => listResources(api, labels),
    images: (labels) => listImages(api, labels),
    watch: watches.watch,
    remove: async (kind, id) => {
      await removeResource(api, kind, id)
      programs.forget(id)
      containers.forget(id)
    },
    createSandbox: async ({ network, aliases, ...spec }, options) => {
      const { architecture } = (await about()).info
      const image = await ensureSandboxImage(api, images, architecture)
      const own = { kind: 'own', network, aliases } as const
      return containers.create({ ...spec, image, network: own, capDrop: ['ALL'] }, options)
    },
    lease: async (spec) => {
      const { architecture } = (await about()).info
      return createLease(
        { api, unanswered },
        await ensureSandboxImage(api, images, architecture),
        spec,
      )
    },
    readModule: async (module, root) =>
      (await import('./module/read-module.ts')).readModule(module, root),
    commit: (request) => commitContainer(api, request),
    relayImage: async () => {
      const { architecture } = (await about()).info
      const reference = await ensureSandboxImage(api, images, architecture)
      return images.image({ kind: 'local', reference })
    },
    relay: (container) => openRelay(api, container),
    startInteractive: (id, options) => startInteractive(api, id, options),
    clock: () => engineTime(api),
    diagnose: () => diagnoseEngine(api, engine),
    describeImage: (reference) => describeImage(api, reference),
    registryImage: (reference, options) => registryImage(api, reference, options),
    baseImages: images.baseImages,
    sandboxImage: async () => sandboxImage((await about()).info.architecture).reference,
    saveImages: (saved, options) => saveImages(api, saved, options),
    loadImages: (archive, options) => loadImages(api, archive, options),
    [Symbol.asyncDispose]: async () => {
      await watches.close()
      await containers.close()
      engine.close()
    },
  }
}
