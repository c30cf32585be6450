import type { Duplex } from 'node:stream'
import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type { BuildSpec, ModuleSpec } from '../model/service-spec.ts'
import type { RuntimeEvent } from './container-event.ts'
import type { ContainerSpec, CreateOptions, LeaseSpec, SandboxSpec } from './container-spec.ts'
import type { ContainerSignal, ContainerState } from './container-state.ts'
import type { Diagnosis } from './diagnosis.ts'
import type { EngineInfo } from './engine-info.ts'
import type { ImageInfo, ImageOptions, ImageRequest } from './image-request.ts'
import type { InteractiveOptions, InteractiveProgram } from './interactive-program.ts'
import type { Inventory, ResourceKind } from './inventory.ts'
import type { ModuleService } from './module-service.ts'
import type { NetworkAttachment, NetworkSpec } from './network-spec.ts'
import type { ExecOptions, OutputChunk, OutputGap, StartedProgram } from './running-program.ts'
import type {
  CommitRequest,
  ImageDetails,
  RegistryImage,
  SavedImage,
  StoredImage,
} from './stored-image.ts'

/**
 * What Mesocosm needs of a machine that runs containers, in its own words. Optional methods are in
 * {@link RuntimeAbilities}. Implementations: `docker/` and `runtime/memory`; both pass `runtime/contract`.
 *
 * Every failure is a `MesocosmError`. Removing what no longer exists succeeds. Every call ends: one that the engine does
 * not answer fails with `ENGINE_FAILED`, and spoils no other call; a pull, a build and `exec` may take any time while the
 * engine answers others.
 */
export interface Runtime extends AsyncDisposable, Partial<RuntimeAbilities> {
  /** Returns facts about the engine. Throws `ENGINE_NOT_FOUND` or `ENGINE_GONE`. */
  info(): Promise<EngineInfo>

  /**
   * Pulls or builds an image unless it exists, and returns what is in it.
   * Throws `IMAGE_NOT_FOUND`, `IMAGE_PULL_DENIED`, `IMAGE_PULL_FAILED`, `BUILD_FAILED`, `DISK_FULL`, `ABORTED`.
   */
  image(request: ImageRequest, options?: ImageOptions): Promise<ImageInfo>

  /** Creates a network with a small subnet of its own; returns its id. Throws `ADDRESS_POOL_EXHAUSTED`. */
  createNetwork(spec: NetworkSpec): Promise<string>

  /** Creates a container with its files copied in, without starting it; returns its id. */
  create(spec: ContainerSpec, options?: CreateOptions): Promise<string>

  /**
   * Starts a created or stopped container. Output is attached before the program runs, so no line is lost;
   * `onOutput` must not block. Throws `PORT_TAKEN`, `SERVICE_START_FAILED`.
   *
   * A connection to the engine that breaks is not the end of the output: while the program runs, its output is read on
   * from where it broke, every line once. `onGap` is called in place of output that could not be read.
   */
  start(
    id: string,
    onOutput?: (chunk: OutputChunk) => void,
    onGap?: (gap: OutputGap) => void,
  ): Promise<StartedProgram>

  /** Returns the current state of a container; `undefined` when it does not exist. */
  inspect(id: string): Promise<ContainerState | undefined>

  /**
   * Sends a signal to a container's program, or pauses or unpauses it; does not wait for the program to end.
   * A no-op for a container that is not running.
   */
  signal(id: string, signal: ContainerSignal): Promise<void>

  /**
   * Runs a program in a running container and waits for it to end.
   * Throws `ExecError` (`EXEC_NOT_FOUND`, `EXEC_TIMEOUT`, `ABORTED`), `SERVICE_NOT_RUNNING`.
   */
  exec(id: string, request: ExecRequest, options?: ExecOptions): Promise<ExecResult>

  /** Attaches a container to a network under the given names; a no-op when it is attached already. */
  attach(attachment: NetworkAttachment): Promise<void>

  /** Detaches a container from a network; a no-op when it is not attached, or when either does not exist. */
  detach(attachment: Pick<NetworkAttachment, 'container' | 'network'>): Promise<void>

  /** Returns all containers, networks and volumes that carry every one of these labels. */
  list(labels: Readonly<Record<string, string>>): Promise<Inventory>

  /** Returns the images that carry every one of these labels, one entry per image name. */
  images(labels: Readonly<Record<string, string>>): Promise<readonly StoredImage[]>

  /**
   * Calls back for every life-cycle event of containers with these labels until disposed.
   *
   * A connection to the engine that breaks is watched again from the last event. Events that the engine no longer has
   * are made up from the state of the containers: what became of each is reported, in an order that could have been.
   * Only an engine that does not come back ends the events, with `engine-gone`.
   */
  watch(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: RuntimeEvent) => void,
  ): Promise<AsyncDisposable>

  /**
   * Removes a resource immediately, a running container (with its anonymous volumes) included. Remove a sandbox after
   * the containers that have joined it, and networks and volumes after the containers that use them: some engines
   * refuse another order.
   */
  remove(kind: ResourceKind, id: string): Promise<void>
}

/** Methods that a runtime may lack. Call them through `requireAbility`, which throws `RUNTIME_UNSUPPORTED`. */
export interface RuntimeAbilities {
  /**
   * Creates a container that owns a network namespace and runs nothing else, for containers whose
   * `network` is `joined`; not started. Returns its id.
   */
  createSandbox(spec: SandboxSpec, options?: CreateOptions): Promise<string>

  /**
   * Creates and starts a container that runs while this process holds it, and exits when it was not held for
   * `silentMs`: others see by it that this process has ended. Disposing it stops holding it, and keeps the container.
   */
  lease(spec: LeaseSpec): Promise<AsyncDisposable>

  /**
   * Reads a testcontainers module as a service, without pulling its image.
   * Throws `MODULE_UNREADABLE`.
   *
   * @param root folder that the module is resolved from, unless the module names another.
   */
  readModule(module: ModuleSpec, root: string): Promise<ModuleService>

  /**
   * Saves a container's files as an image. Labels of the container that made it part of a run are dropped, and so are
   * the values of variables that its image does not set: who creates a container from it sets them again.
   */
  commit(request: CommitRequest): Promise<ImageInfo>

  /** Returns the image of containers in which {@link RuntimeAbilities.relay} works; made if it is missing. */
  relayImage(): Promise<ImageInfo>

  /**
   * Starts a relay in a running container of the relay image and returns the stream to it, which carries the frames of
   * `src/relay`. The relay ends with the stream. Needs no route between this process and the container.
   * Throws `SERVICE_NOT_RUNNING`.
   */
  relay(container: string): Promise<Duplex>

  /**
   * Starts a created container whose `input` is `pipe` or `terminal`, connected to its input and output before the
   * program runs. Its output is not in {@link Runtime.start}'s reader.
   * Throws `SERVICE_START_FAILED`.
   */
  startInteractive(id: string, options: InteractiveOptions): Promise<InteractiveProgram>

  /** Returns what time it is on the engine's host, milliseconds since 1970. */
  clock(): Promise<number>

  /** Checks the engine for what a run needs of it: version, storage, free addresses, limits. */
  diagnose(): Promise<readonly Diagnosis[]>

  /** Returns facts about an image that exists, by name or id; `undefined` when it is missing. */
  describeImage(reference: string): Promise<ImageDetails | undefined>

  /**
   * Asks the registry what a name stands for now, without pulling it.
   * Throws `IMAGE_NOT_FOUND`, `IMAGE_PULL_DENIED`, `IMAGE_PULL_FAILED`, `ABORTED`.
   */
  registryImage(reference: string, options?: ImageOptions): Promise<RegistryImage>

  /** Returns the names of the images that a build starts or copies from, which it pulls. Throws `BUILD_FAILED`. */
  baseImages(build: BuildSpec): Promise<readonly string[]>

  /** Returns the name of the image of sandbox containers, which is made on the engine and not pulled. */
  sandboxImage(): Promise<string>

  /**
   * Returns an archive of images that exist, in the format of the engine. The caller must read it to its end, which
   * throws if the archive is not complete. Throws `IMAGE_NOT_FOUND`, `DISK_FULL`, `ABORTED`.
   */
  saveImages(
    images: readonly SavedImage[],
    options?: Pick<ImageOptions, 'signal'>,
  ): Promise<AsyncIterable<Uint8Array>>

  /**
   * Adds the images of an archive. Throws `IMAGE_ARCHIVE_INVALID` if it is not a complete one, `DISK_FULL`, `ABORTED`,
   * and what reading the archive throws.
   */
  loadImages(archive: AsyncIterable<Uint8Array>, options?: ImageOptions): Promise<void>
}
