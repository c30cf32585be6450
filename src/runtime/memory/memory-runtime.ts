import { availableParallelism, totalmem } from 'node:os'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ContainerSpec, EngineInfo, Runtime, RuntimeEvent } from '../runtime.ts'
import { type ContainerNews, createMemoryContainer, type MemoryContainer } from './container.ts'
import { execIn } from './exec.ts'
import { copyIn } from './files.ts'
import { createMemoryImages, type Programs } from './images.ts'
import { createMemoryNetworks } from './networks.ts'
import { createPlace, type Place } from './place.ts'

export interface MemoryRuntimeOptions {
  /** What runs in containers, by image name. For a build the name is that of the service. */
  readonly programs: Programs
  /** Asked before every call: what it returns is thrown instead of doing anything. */
  readonly fail?: (call: RuntimeCall) => Error | undefined
}

export interface RuntimeCall {
  readonly method: keyof Runtime
  readonly args: readonly unknown[]
}

export interface MemoryRuntime extends Runtime {
  /** The engine stops answering: watchers hear `engine-gone`, every further call throws `ENGINE_GONE`. */
  breakOff(reason: string): void
}

/**
 * A runtime without an engine, for tests of what is above it. Programs are functions in this process,
 * their ports are real ports of the loopback. Not emulated: limits, tmpfs, owners, one-way files of mounts.
 */
export const createMemoryRuntime = (options: MemoryRuntimeOptions): MemoryRuntime => {
  const images = createMemoryImages(options.programs)
  const containers = new Map<string, MemoryContainer>()
  const networks = createMemoryNetworks(containers)
  const watchers = new Set<Watcher>()
  const engine: { gone?: string; made: number } = { made: 0 }

  const emit = (labels: Labels, event: RuntimeEvent) => {
    for (const watcher of watchers) {
      if (carries(labels, watcher.labels)) queueMicrotask(() => watcher.tell(event))
    }
  }

  const find = (id: string): MemoryContainer => {
    const found = containers.get(id)
    if (found !== undefined) return found
    throw new MesocosmError({
      code: 'SERVICE_START_FAILED',
      message: `There is no container ${id}`,
      remedy: 'Create the container again; someone removed it.',
      facts: { container: id },
    })
  }

  const placeOf = ({ network, publish }: ContainerSpec): Place => {
    if (network.kind === 'joined') return find(network.container).around.place
    const place = createPlace(publish ?? [])
    networks.join(place, network.network, network.aliases)
    return place
  }

  const create = async (spec: ContainerSpec): Promise<string> => {
    const known = images.get(spec.image)
    if (known === undefined) throw noImage(spec)
    const files = new Map(known.files)
    await copyIn(spec.files ?? [], files)
    engine.made += 1
    const id = `container-${engine.made}`
    const place = placeOf(spec)
    const around = {
      place,
      lookup: (name: string) => (isSelf(name) ? '127.0.0.1' : networks.find(place, name)?.address),
      reach: (host: string, port: number) => {
        const real = (isSelf(host) ? place : networks.find(place, host)?.place)?.realPort(port)
        return real === undefined ? undefined : { host: '127.0.0.1', port: real }
      },
      tell: (news: ContainerNews) =>
        emit(spec.labels, { ...news, container: id, timeMs: Date.now() }),
    }
    containers.set(id, createMemoryContainer(id, spec, known.image, files, around))
    return id
  }

  const start: Runtime['start'] = async (id, onOutput) => {
    const container = find(id)
    const { network } = container.spec
    if (container.state().status === 'running') return { outputEnded: Promise.resolve() }
    if (network.kind === 'joined' && find(network.container).state().status !== 'running') {
      throw sandboxNotRunning(id)
    }
    return container.start(onOutput)
  }

  const remove: Runtime['remove'] = async (kind, id) => {
    const container = containers.get(id)
    if (kind === 'network') networks.remove(id)
    if (kind === 'image') images.remove(id)
    if (kind !== 'container' || container === undefined) return
    container.signal('SIGKILL')
    containers.delete(id)
    emit(container.spec.labels, { kind: 'removed', container: id, timeMs: Date.now() })
  }

  /** Every call first asks whether it shall fail. */
  const guarded = <Args extends readonly unknown[], T>(
    method: keyof Runtime,
    call: (...args: Args) => Promise<T> | T,
  ) => {
    return async (...args: Args): Promise<T> => {
      if (engine.gone !== undefined) throw goneError(engine.gone)
      const failure = options.fail?.({ method, args })
      if (failure !== undefined) throw failure
      return call(...args)
    }
  }

  return {
    info: guarded('info', () => engineInfo),
    image: guarded<Parameters<Runtime['image']>, Awaited<ReturnType<Runtime['image']>>>(
      'image',
      (request, { signal } = {}) => {
        signal?.throwIfAborted()
        return images.provide(request, (id) => containers.get(id))
      },
    ),
    createNetwork: guarded('createNetwork', networks.create),
    create: guarded('create', create),
    start: guarded('start', start),
    inspect: guarded('inspect', (id: string) => containers.get(id)?.state()),
    signal: guarded('signal', (id: string, signal: string) => containers.get(id)?.signal(signal)),
    exec: guarded<Parameters<Runtime['exec']>, Awaited<ReturnType<Runtime['exec']>>>(
      'exec',
      (id, request, how = {}) => execIn(containers.get(id), request, how),
    ),
    link: guarded('link', networks.change),
    list: guarded('list', (labels: Labels) => ({
      containers: [...containers.values()]
        .map(({ state }) => state())
        .filter((it) => carries(it.labels, labels)),
      networks: [...networks.all()].filter((it) => carries(it.labels, labels)),
      volumes: [],
    })),
    images: guarded('images', (labels: Labels) =>
      images
        .made()
        .filter((image) => carries(image.labels, labels))
        .map(({ reference, ms }) => ({
          reference,
          madeMs: ms,
          bytes: 0,
          used: [...containers.values()].some(({ spec }) => spec.image === reference),
        })),
    ),
    watch: guarded<Parameters<Runtime['watch']>, AsyncDisposable>('watch', (labels, tell) => {
      const watcher = { labels, tell }
      watchers.add(watcher)
      return { [Symbol.asyncDispose]: async () => void watchers.delete(watcher) }
    }),
    remove: guarded('remove', remove),
    breakOff: (reason) => {
      engine.gone = reason
      for (const { tell } of watchers) tell({ kind: 'engine-gone', reason, timeMs: Date.now() })
      watchers.clear()
    },
    [Symbol.asyncDispose]: async () => {
      watchers.clear()
      for (const container of containers.values()) container.signal('SIGKILL')
      containers.clear()
    },
  }
}

type Labels = Readonly<Record<string, string>>

interface Watcher {
  readonly labels: Labels
  readonly tell: (event: RuntimeEvent) => void
}

const carries = (labels: Labels, wanted: Labels): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value)

const isSelf = (host: string): boolean => host === 'localhost' || host === '127.0.0.1'

const engineInfo: EngineInfo = {
  name: 'memory',
  version: '1',
  apiVersion: '1',
  architecture: 'amd64',
  cpus: availableParallelism(),
  memoryBytes: totalmem(),
  endpoint: 'memory:',
  foundBy: 'memory',
  host: '127.0.0.1',
  directRoute: false,
}

const goneError = (reason: string): MesocosmError =>
  new MesocosmError({
    code: 'ENGINE_GONE',
    message: `The in-memory engine does not answer: ${reason}`,
    remedy: 'Make a new runtime.',
  })

const noImage = (spec: ContainerSpec): MesocosmError =>
  new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `The container ${spec.name} could not be created: no such image: ${spec.image}`,
    remedy: 'Make the image present before a container is created from it.',
    facts: { image: spec.image },
  })

const sandboxNotRunning = (id: string): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `The container ${id} could not be started: the one whose network it joins is not running`,
    remedy: 'Start the container whose network is joined first.',
    facts: { container: id },
  })
