import { availableParallelism, totalmem } from 'node:os'
import type { Duplex } from 'node:stream'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ModuleSpec } from '../../model/service-spec.ts'
import type { RuntimeEvent } from '../container-event.ts'
import type { ContainerSpec, CreateOptions, LeaseSpec, SandboxSpec } from '../container-spec.ts'
import type { Diagnosis } from '../diagnosis.ts'
import type { EngineInfo } from '../engine-info.ts'
import type { ImageInfo } from '../image-request.ts'
import type { InteractiveProgram } from '../interactive-program.ts'
import type { ModuleService } from '../module-service.ts'
import type { Runtime, RuntimeAbilities } from '../runtime.ts'
import type { CommitRequest, SavedImage } from '../stored-image.ts'
import { type ContainerEvent, createMemoryContainer, type MemoryContainer } from './container.ts'
import { execIn } from './exec.ts'
import { copyIn } from './files.ts'
import {
  createMemoryImages,
  type KnownImage,
  type Programs,
  sandboxImage,
  waitUntilOver,
} from './images.ts'
import { createNamespace, type Namespace } from './namespace.ts'
import { createMemoryNetworks } from './networks.ts'
import type { MemoryImage, MemoryProgram } from './program.ts'
import { memoryRelay, relayless } from './relay.ts'

/** Options of {@link createMemoryRuntime}. */
export interface MemoryRuntimeOptions {
  /** Programs by image name; for a build, by the name of the build. */
  readonly programs: Programs
  /** Called before every call; an error that it returns is thrown instead of making the call. */
  readonly fail?: (call: RuntimeCall) => Error | undefined
  /** Called before every call, which waits for what it returns: a call that is never answered waits for ever. */
  readonly hold?: (call: RuntimeCall) => Promise<unknown> | undefined
  /** Returns what the engine warns of when it creates a container; default nothing. */
  readonly warn?: (spec: ContainerSpec) => readonly string[]
}

/** A call on the runtime. */
export interface RuntimeCall {
  /** Name of the method. */
  readonly method: keyof Runtime
  /** Its arguments. */
  readonly args: readonly unknown[]
}

/** The in-memory runtime; it has all optional methods. */
export interface MemoryRuntime extends Required<Runtime> {
  /** Stops answering: watchers get `engine-gone`, every further call throws `ENGINE_GONE`. */
  breakOff(reason: string): void
  /** Takes an image out of the registry, so that it cannot be pulled again. */
  unpublish(reference: string): void
  /** Makes a name stand for another image, as a build or pull of another process does. */
  replaceImage(reference: string, program: MemoryProgram | MemoryImage): void
  /**
   * Breaks the connections of a kind while `during` runs, as a relay between engine and client does. What came
   * meanwhile arrives afterwards.
   *
   * @param options.isLost output is lost instead, and its readers get a gap. Default false.
   */
  interrupt(
    what: 'output' | 'events',
    during: () => Promise<void>,
    options?: { readonly isLost?: boolean },
  ): Promise<void>
}

/**
 * Creates a runtime without an engine, for tests of what uses a runtime. Programs are functions in this process,
 * their ports are real ports of the loopback. Not emulated: limits, tmpfs, file owners, writing to mounts.
 */
export const createMemoryRuntime = (options: MemoryRuntimeOptions): MemoryRuntime => {
  const images = createMemoryImages(options.programs)
  const containers = new Map<string, MemoryContainer & { readonly known: KnownImage }>()
  const networks = createMemoryNetworks(containers)
  const watchers = new Set<Watcher>()
  const engine: { gone?: string; made: number; missedEvents?: (() => void)[] } = { made: 0 }

  const emit = (labels: Labels, event: RuntimeEvent) => {
    for (const watcher of watchers) {
      if (!carries(labels, watcher.labels)) continue
      if (engine.missedEvents === undefined) queueMicrotask(() => watcher.onEvent(event))
      else engine.missedEvents.push(() => watcher.onEvent(event))
    }
  }

  const find = (id: string): MemoryContainer => {
    const found = containers.get(id)
    if (found !== undefined) return found
    throw new MesocosmError({
      code: 'SERVICE_START_FAILED',
      message: `container ${id} is missing`,
      remedy: 'create it again; it was removed',
      facts: { container: id },
    })
  }

  const namespaceOf = ({ network, publish = [] }: ContainerSpec): Namespace => {
    if (network.kind === 'joined') return find(network.container).surroundings.namespace
    const namespace = createNamespace(publish)
    if (network.kind === 'own') networks.join(namespace, network.network, network.aliases)
    return namespace
  }

  /** An image without a name exists as long as a container uses it. */
  const usedImage = (id: string) =>
    [...containers.values()].find(({ known }) => images.idOf(known) === id)?.known

  const create: Runtime['create'] = async (spec, { onWarning } = {}) => {
    const known = images.get(spec.image) ?? usedImage(spec.image)
    if (known === undefined) throw imageMissing(spec)
    const image = spec.idle ? { ...known.image, run: waitUntilOver } : known.image
    const files = new Map(known.files)
    await copyIn(spec.files ?? [], files)
    engine.made += 1
    const id = `container-${engine.made}`
    const namespace = namespaceOf(spec)
    const surroundings = {
      namespace,
      lookup: (name: string) =>
        isSelf(name) ? '127.0.0.1' : networks.find(namespace, name)?.address,
      reach: (host: string, port: number) => {
        const target = isSelf(host) ? namespace : networks.find(namespace, host)?.namespace
        const real = target?.realPort(port)
        return real === undefined ? undefined : { host: '127.0.0.1', port: real }
      },
      emit: (event: ContainerEvent) =>
        emit(spec.labels, { ...event, container: id, timeMs: Date.now() }),
    }
    const container = createMemoryContainer(id, spec, image, files, surroundings)
    containers.set(id, { ...container, known })
    for (const text of options.warn?.(spec) ?? []) onWarning?.(text)
    return id
  }

  const start: Runtime['start'] = async (id, onOutput, onGap) => {
    const container = find(id)
    const { network } = container.spec
    if (container.state().status === 'running') return { outputEnded: Promise.resolve() }
    if (network.kind === 'joined' && find(network.container).state().status !== 'running') {
      throw sandboxNotRunning(id)
    }
    return container.start(onOutput, onGap)
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

  const interrupt: MemoryRuntime['interrupt'] = async (what, during, { isLost = false } = {}) => {
    if (what === 'output') {
      const all = [...containers.values()].reduceRight(
        (rest, container) => () => container.interrupt(rest, isLost),
        during,
      )
      return all()
    }
    const missed: (() => void)[] = []
    engine.missedEvents = missed
    try {
      await during()
    } finally {
      delete engine.missedEvents
      for (const report of missed) report()
    }
  }

  const commit = ({ container: id, reference, labels }: CommitRequest): ImageInfo => {
    const { image, files } = find(id)
    return images.save(reference, {
      image,
      files: new Map(files),
      made: { labels, ms: Date.now() },
    })
  }

  /** Lets the test fail the call before it is made. */
  const guarded = <Args extends readonly unknown[], T>(
    method: keyof Runtime,
    call: (...args: Args) => Promise<T> | T,
  ) => {
    return async (...args: Args): Promise<T> => {
      if (engine.gone !== undefined) throw goneError(engine.gone)
      const failure = options.fail?.({ method, args })
      if (failure !== undefined) throw failure
      await options.hold?.({ method, args })
      return call(...args)
    }
  }

  return {
    info: guarded('info', () => engineInfo),
    clock: guarded('clock', () => Date.now()),
    image: guarded<Parameters<Runtime['image']>, ImageInfo>('image', (request, { signal } = {}) => {
      signal?.throwIfAborted()
      const unnamed = request.kind === 'local' ? usedImage(request.reference) : undefined
      return unnamed === undefined ? images.provide(request) : images.describe(unnamed)
    }),
    createNetwork: guarded('createNetwork', networks.create),
    create: guarded('create', create),
    start: guarded('start', start),
    inspect: guarded('inspect', (id: string) => containers.get(id)?.state()),
    signal: guarded('signal', (id: string, signal: string) => containers.get(id)?.signal(signal)),
    exec: guarded<Parameters<Runtime['exec']>, Awaited<ReturnType<Runtime['exec']>>>(
      'exec',
      (id, request, how = {}) => execIn(containers.get(id), request, how),
    ),
    attach: guarded('attach', networks.attach),
    detach: guarded('detach', networks.detach),
    list: guarded('list', (labels: Labels) => ({
      containers: [...containers.values()]
        .map(({ state, createdMs }) => ({ ...state(), createdMs }))
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
    watch: guarded<Parameters<Runtime['watch']>, AsyncDisposable>('watch', (labels, onEvent) => {
      const watcher = { labels, onEvent }
      watchers.add(watcher)
      return { [Symbol.asyncDispose]: async () => void watchers.delete(watcher) }
    }),
    remove: guarded('remove', remove),
    createSandbox: guarded<[SandboxSpec, CreateOptions?], string>(
      'createSandbox',
      ({ network, aliases, ...spec }, how) =>
        create({ ...spec, image: sandboxImage, network: { kind: 'own', network, aliases } }, how),
    ),
    lease: guarded('lease', async ({ name, labels, silentMs }: LeaseSpec) => {
      const id = await create({ name, labels, image: sandboxImage, network: { kind: 'none' } })
      await start(id)
      return {
        [Symbol.asyncDispose]: async () => {
          setTimeout(() => containers.get(id)?.signal('SIGKILL'), silentMs).unref()
        },
      }
    }),
    // Modules cannot run here; their first argument is their image, as a rule.
    readModule: guarded(
      'readModule',
      ({ args }: ModuleSpec): ModuleService => ({ image: String(args[0]) }),
    ),
    commit: guarded('commit', commit),
    relayImage: guarded('relayImage', () =>
      images.provide({ kind: 'local', reference: sandboxImage }),
    ),
    relay: guarded('relay', (id: string): Duplex => {
      const container = containers.get(id)
      if (container?.state().status !== 'running') throw relayless(id)
      return memoryRelay(container)
    }),
    startInteractive: guarded<Parameters<RuntimeAbilities['startInteractive']>, InteractiveProgram>(
      'startInteractive',
      (id, { onOutput }) => find(id).startInteractive(onOutput),
    ),
    diagnose: guarded('diagnose', (): readonly Diagnosis[] => [
      { name: 'engine', status: 'ok', text: 'in memory' },
    ]),
    describeImage: guarded('describeImage', images.details),
    registryImage: guarded('registryImage', (reference: string) => images.published(reference)),
    // A build makes a program, from nothing.
    baseImages: guarded('baseImages', (): readonly string[] => []),
    sandboxImage: guarded('sandboxImage', () => sandboxImage),
    saveImages: guarded('saveImages', (saved: readonly SavedImage[]) =>
      bytesOf(images.archive(saved)),
    ),
    loadImages: guarded('loadImages', async (archive: AsyncIterable<Uint8Array>) =>
      images.unpack(Buffer.concat(await Array.fromAsync(archive)).toString()),
    ),
    replaceImage: images.replace,
    unpublish: images.unpublish,
    interrupt,
    breakOff: (reason) => {
      engine.gone = reason
      for (const { onEvent } of watchers)
        onEvent({ kind: 'engine-gone', reason, timeMs: Date.now() })
      watchers.clear()
    },
    [Symbol.asyncDispose]: async () => {
      watchers.clear()
      for (const container of containers.values()) container.signal('SIGKILL')
      containers.clear()
    },
  }
}

// ---

type Labels = Readonly<Record<string, string>>

interface Watcher {
  readonly labels: Labels
  readonly onEvent: (event: RuntimeEvent) => void
}

async function* bytesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
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
    message: `the in-memory runtime does not answer: ${reason}`,
    remedy: 'create a new runtime',
  })

const imageMissing = (spec: ContainerSpec): MesocosmError =>
  new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `container ${spec.name} could not be created: image ${spec.image} is missing`,
    remedy: 'pull or build the image first',
    facts: { image: spec.image },
  })

const sandboxNotRunning = (id: string): MesocosmError =>
  new MesocosmError({
    code: 'SERVICE_START_FAILED',
    message: `container ${id} could not be started: its sandbox container is not running`,
    remedy: 'start the sandbox container first',
    facts: { container: id },
  })
