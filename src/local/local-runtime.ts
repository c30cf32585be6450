import { createHash } from 'node:crypto'
import type { ContainerSpec, CreateOptions } from '../runtime/container-spec.ts'
import type { ImageInfo, ImageRequest } from '../runtime/image-request.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { notStarted } from './errors.ts'
import { diagnoseMachine, localInfo } from './local-info.ts'
import { LocalNetworks } from './local-networks.ts'
import { LocalRelays, localRelayImage } from './local-relays.ts'
import { LocalSandboxes } from './local-sandboxes.ts'
import { ProcessPrograms, type ProcessProgramsOptions } from './process-programs.ts'

/** Options of {@link createLocalRuntime}. */
export interface LocalRuntimeOptions extends ProcessProgramsOptions {
  /** What asked for this runtime: `MESOCOSM_RUNTIME`. */
  readonly foundBy: string
}

/**
 * Returns a runtime whose containers are processes of this machine. Networks are names only, a sandbox is a set of ports
 * of the loopback address, and a container needs `local`. What was created is noted on disk, so that another process of
 * this user can list and remove what a killed one leaves behind.
 *
 * @throws {MesocosmError} `RUNTIME_UNSUPPORTED` on Windows, `ENGINE_FAILED` if the folder of its notes cannot be used.
 */
export const createLocalRuntime = ({ foundBy, ...options }: LocalRuntimeOptions): Runtime => {
  const programs = new ProcessPrograms(options)
  const { records, ports, events } = programs
  const networks = new LocalNetworks(records)
  const sandboxes = new LocalSandboxes({ records, ports, events })
  const relays = new LocalRelays({ records, events, sandboxes })
  const sandboxOf = new Map<string, string>()

  const create = async (spec: ContainerSpec, options?: CreateOptions): Promise<string> => {
    const { network, local } = spec
    if (local === undefined && spec.image === localRelayImage.reference)
      return relays.create(programs.newId(), spec)
    if (network.kind === 'own') networks.assertExists(network.network)
    const sandbox = network.kind === 'joined' ? network.container : undefined
    const id = programs.newId()
    const numbers = new Map<string, number>()
    for (const [name, port] of Object.entries(local?.ports ?? {})) {
      const published = sandbox === undefined ? undefined : sandboxes.published(sandbox, port)
      numbers.set(name, published ?? (await portFor(sandbox, port, id)))
    }
    const port = (name: string) => numbers.get(name) as number
    await programs.create(spec, port, options, id).catch((error: unknown) => {
      ports.release(id)
      throw error
    })
    if (sandbox !== undefined) sandboxOf.set(id, sandbox)
    return id
  }

  /** A port that the sandbox does not publish, or of a program without sandbox. */
  const portFor = (sandbox: string | undefined, port: number, id: string): Promise<number> =>
    sandbox !== undefined && sandboxes.has(sandbox)
      ? sandboxes.portOf(sandbox, port)
      : ports.reserve(id)

  return {
    info: async () => localInfo(foundBy),
    image: async (request) => imageOf(request),
    createNetwork: async (spec) => networks.create(programs.newId(), spec),
    create,
    createSandbox: async (spec, options) => {
      networks.assertExists(spec.network)
      const ignored = (['extraHosts', 'sysctls'] as const).filter((key) => spec[key] !== undefined)
      if (ignored.length > 0)
        options?.onWarning?.(
          `without effect, because it runs as a process of this machine: ${ignored.join(', ')}`,
        )
      return sandboxes.create(programs.newId(), spec)
    },
    start: async (id, onOutput) => {
      if (sandboxes.has(id)) await sandboxes.start(id)
      else if (relays.has(id)) relays.start(id)
      else {
        const sandbox = sandboxOf.get(id)
        if (sandbox !== undefined && !sandboxes.isRunning(sandbox))
          throw notStarted(id, 'its sandbox does not run', { remedy: 'start the sandbox first' })
        return programs.start(id, onOutput)
      }
      return { outputEnded: Promise.resolve() }
    },
    inspect: async (id) => programs.inspect(id) ?? sandboxes.inspect(id) ?? relays.inspect(id),
    signal: async (id, signal) => {
      sandboxes.signal(id, signal)
      relays.signal(id, signal)
      await programs.signal(id, signal)
    },
    exec: (id, request, options) => programs.exec(id, request, options),
    attach: async ({ container, network }) => {
      networks.assertExists(network)
      sandboxes.attach(container, network)
    },
    detach: async ({ container, network }) => sandboxes.detach(container, network),
    list: async (labels) => ({
      containers: [
        ...programs.list(labels),
        ...relays.list(labels),
        // After what has joined them.
        ...sandboxes.list(labels),
      ],
      networks: networks.list(labels),
      volumes: [],
    }),
    images: async () => [],
    watch: async (labels, onEvent) => events.watch(labels, onEvent),
    remove: async (kind, id) => {
      if (kind === 'network') networks.remove(id)
      if (kind !== 'container') return
      relays.remove(id)
      sandboxes.remove(id)
      await programs.remove(id)
      sandboxOf.delete(id)
    },
    relayImage: async () => localRelayImage,
    relay: async (container) => relays.open(container),
    diagnose: async () => diagnoseMachine(foundBy, records.folder),
    [Symbol.asyncDispose]: () => programs[Symbol.asyncDispose](),
  }
}

// ---

/** Stands for an image that is not needed: its content plays no part, so nothing is pulled or built. */
const imageOf = (request: ImageRequest): ImageInfo => {
  if (request.kind === 'local' && request.reference === localRelayImage.id) return localRelayImage
  const reference = request.kind === 'build' ? request.name : request.reference
  const hash = createHash('sha256').update(reference).digest('hex')
  return {
    id: `sha256:${hash}`,
    reference,
    env: {},
    hasHealthcheck: false,
    exposedPorts: [],
  }
}
