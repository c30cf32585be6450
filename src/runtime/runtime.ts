import type { ContainerSettings } from '../model/container-settings.ts'
import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type {
  BuildSpec,
  FileSpec,
  ModuleSpec,
  MountSpec,
  ServiceSpec,
} from '../model/service-spec.ts'
import type { Diagnosis } from './diagnosis.ts'

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

  /** Checks the engine for what a run needs of it: version, storage, free addresses, limits. */
  diagnose(): Promise<readonly Diagnosis[]>
}

/** Kinds of resources that a runtime can remove. */
export type ResourceKind = 'container' | 'network' | 'volume' | 'image'

/** Facts about an engine. */
export interface EngineInfo {
  /** Name that the engine gives itself, usually its host name. */
  readonly name: string
  /** Version of the engine. */
  readonly version: string
  /** Version of its API. */
  readonly apiVersion: string
  /** As in image names: `amd64`, `arm64`. */
  readonly architecture: string
  /** Number of CPUs of the engine's host. */
  readonly cpus: number
  /** Memory of the engine's host. */
  readonly memoryBytes: number
  /** Address of the engine, such as `unix:///var/run/docker.sock`. */
  readonly endpoint: string
  /** What named that address, such as `DOCKER_HOST`. */
  readonly foundBy: string
  /** Host name or address under which published ports answer. */
  readonly host: string
  /** Whether this process can reach containers by their own addresses (native Linux). */
  readonly directRoute: boolean
  /** Whether this process runs in a container of this engine: the engine outlives every process that it can start. */
  readonly outside?: boolean
}

/** An image to pull, find or build. */
export type ImageRequest =
  | {
      /** Pulled unless it exists. */
      readonly kind: 'pull'
      /** Name with tag or digest, such as `postgres:17`. */
      readonly reference: string
    }
  | {
      /** Never pulled: `IMAGE_NOT_FOUND` when it is missing. */
      readonly kind: 'local'
      /** Name with tag or digest. */
      readonly reference: string
    }
  | {
      /**
       * Built once per content, whatever its names: the tag holds a hash of folder, Dockerfile, target, arguments, the
       * builder and the ids of the base images, which are pulled before. BuildKit builds where the engine has it; what
       * only BuildKit can do is `BUILD_FAILED` elsewhere. Folders named `.mesocosm` are left out.
       */
      readonly kind: 'build'
      /** Part of the tag, for people: topology and service. */
      readonly name: string
      /** Folder, Dockerfile, target and arguments. */
      readonly build: BuildSpec
      /** Never built: `IMAGE_NOT_FOUND` when this content was not built yet. Default false. */
      readonly existingOnly?: boolean
      /** Folder that may keep hashes of files between runs, so that unchanged ones are not read again; default none. */
      readonly cacheFolder?: string
    }

/** Options of {@link Runtime.image}. */
export interface ImageOptions {
  /** Called with one line of progress at a time: a layer's state, a build step's output. */
  readonly onProgress?: (line: string) => void
  /** Aborts the pull or build, unless another caller waits for the same image. */
  readonly signal?: AbortSignal
}

/** What is in an image. */
export interface ImageInfo {
  /** Content digest; goes into config hashes. */
  readonly id: string
  /** Name to create containers from. */
  readonly reference: string
  /** Environment that the image sets. */
  readonly env: Readonly<Record<string, string>>
  /** Whether the image has a health check. */
  readonly hasHealthcheck: boolean
  /** Exposed TCP ports, ascending. */
  readonly exposedPorts: readonly number[]
}

/** A testcontainers module as a service: its image, and values for the keys that the declaration leaves out. */
export type ModuleService = Partial<ServiceSpec> & {
  /** The module's image; always known. */
  readonly image: string
}

/** A container to save as an image. */
export interface CommitRequest {
  /** Id of the container; a running one should be paused. */
  readonly container: string
  /** Name of the image, with its tag. */
  readonly reference: string
  /** Labels of the image. */
  readonly labels: Readonly<Record<string, string>>
}

/** An image on the engine, as listed. */
export interface StoredImage {
  /** Name with its tag. */
  readonly reference: string
  /** Creation time, milliseconds since 1970. */
  readonly madeMs: number
  /** Size, including layers shared with other images. */
  readonly bytes: number
  /** Whether a container, running or not, was created from it. */
  readonly used: boolean
}

/** A network to create. */
export interface NetworkSpec {
  /** Unique name on the engine. */
  readonly name: string
  /** Labels of the network. */
  readonly labels: Readonly<Record<string, string>>
  /** Number of addresses that it must have room for. */
  readonly size: number
}

/** A sandbox container to create. */
export interface SandboxSpec {
  /** Unique name on the engine. */
  readonly name: string
  /** Labels of the container. */
  readonly labels: Readonly<Record<string, string>>
  /** Host name of the sandbox and of all that join it. */
  readonly hostname?: string
  /** Id of the network it is on. */
  readonly network: string
  /** Names under which others on the network find it. */
  readonly aliases: readonly string[]
  /** Addresses by host name, for it and all that join it. */
  readonly extraHosts?: Readonly<Record<string, string>>
  /** Ports to publish on the loopback address of the engine's host. */
  readonly publish?: readonly PublishedPort[]
}

/** A container that shows whether its owner lives. */
export interface LeaseSpec {
  /** Unique name on the engine. */
  readonly name: string
  /** Labels of the container. */
  readonly labels: Readonly<Record<string, string>>
  /** Milliseconds without its owner after which it exits; whole seconds. */
  readonly silentMs: number
}

/** A container to create. */
export interface ContainerSpec extends ContainerSettings {
  /** Unique name on the engine. */
  readonly name: string
  /** Name of an image that exists. */
  readonly image: string
  /** Labels of the container. */
  readonly labels: Readonly<Record<string, string>>
  /** Arguments; default those of the image. */
  readonly command?: readonly string[]
  /** Program; default that of the image. */
  readonly entrypoint?: readonly string[]
  /** Runs a program that only waits to be killed instead of the image's own; every image can. Default false. */
  readonly idle?: boolean
  /** Added to the environment of the image. */
  readonly env?: Readonly<Record<string, string>>
  /** User name or id; default that of the image. */
  readonly user?: string
  /** Working folder; default that of the image. */
  readonly workdir?: string
  /** Ignored when `network` is `joined`. */
  readonly hostname?: string
  /** Addresses by host name; ignored when `network` is `joined`. */
  readonly extraHosts?: Readonly<Record<string, string>>
  /** A network of its own choice, the network namespace of a sandbox container, or no network. */
  readonly network:
    | { readonly kind: 'own'; readonly network: string; readonly aliases: readonly string[] }
    | { readonly kind: 'joined'; readonly container: string }
    | { readonly kind: 'none' }
  /** Ports to publish on the loopback address of the engine's host. */
  readonly publish?: readonly PublishedPort[]
  /** Copied in before the start; missing folders are created. */
  readonly files?: readonly FileSpec[]
  /** Folders and files of the host to bind. */
  readonly mounts?: readonly MountSpec[]
  /** Mount options by path. */
  readonly tmpfs?: Readonly<Record<string, string>>
}

/** Options of {@link Runtime.create}. */
export interface CreateOptions {
  /** Called with each warning of the engine, such as that a limit has no effect. */
  readonly onWarning?: (text: string) => void
}

/** A port to publish. */
export interface PublishedPort {
  /** Port inside. */
  readonly port: number
  /** Transport of the port. */
  readonly protocol: 'tcp' | 'udp'
  /** Port on the engine's host; by default the engine picks one, and picks again when the networks change. */
  readonly hostPort?: number
}

/** A program that was started. */
export interface StartedProgram {
  /** Resolves, never rejects, after the last byte of this start's output (immediately without `onOutput`). */
  readonly outputEnded: Promise<void>
}

/** A piece of a program's output. */
export interface OutputChunk {
  /** The stream it was written to. */
  readonly stream: 'stdout' | 'stderr'
  /** May end inside of a character. */
  readonly bytes: Uint8Array
}

/** Output of a program that could not be read. */
export interface OutputGap {
  /** Why, such as the fault of the connection. */
  readonly reason: string
  /** When it was noticed, milliseconds since 1970. */
  readonly timeMs: number
}

/** A signal by name, or pause and unpause. */
export type ContainerSignal = 'pause' | 'unpause' | `SIG${string}`

/** Options of {@link Runtime.exec}. */
export interface ExecOptions {
  /** Kills the program. */
  readonly signal?: AbortSignal
  /** Milliseconds before the program is killed; default none. */
  readonly timeoutMs?: number
}

/** State of a container. */
export interface ContainerState {
  /** Id that the runtime gave it. */
  readonly id: string
  /** Name it was created with. */
  readonly name: string
  /** Labels it was created with. */
  readonly labels: Readonly<Record<string, string>>
  /** `exited` whatever ended it. */
  readonly status: 'created' | 'running' | 'paused' | 'exited'
  /** `undefined` unless `exited`. */
  readonly exitCode: number | undefined
  /** Whether it was killed for exceeding its memory limit. */
  readonly outOfMemory: boolean
  /** `none` without a health check. */
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** Own addresses by network id; empty when joined or not running. */
  readonly addresses: Readonly<Record<string, string>>
  /** Published ports: `80/tcp` → port on the engine's host. Engines may leave them out while it is on no network. */
  readonly published: Readonly<Record<string, number>>
}

/** A container on a network. */
export interface NetworkAttachment {
  /** Id of the container. */
  readonly container: string
  /** Id of the network. */
  readonly network: string
  /** Names under which others on the network find the container. */
  readonly aliases: readonly string[]
}

/** @deprecated Use `NetworkAttachment`. */
export type LinkChange =
  | ({
      /** Puts the container on the network. */
      readonly kind: 'connect'
    } & NetworkAttachment)
  | ({
      /** Takes it off the network. */
      readonly kind: 'disconnect'
    } & Omit<NetworkAttachment, 'aliases'>)

/** Containers, networks and volumes, as listed. */
export interface Inventory {
  /** Containers in any status. */
  readonly containers: readonly (Pick<ContainerState, 'id' | 'name' | 'labels' | 'status'> &
    CreationTime)[]
  /** Networks with their ids and names. */
  readonly networks: readonly ({
    readonly id: string
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
  } & CreationTime)[]
  /** Volumes; their id is their name. */
  readonly volumes: readonly ({
    readonly id: string
    readonly labels: Readonly<Record<string, string>>
  } & CreationTime)[]
}

/** When something was created, for runtimes that know it. */
export interface CreationTime {
  /** Milliseconds since 1970, by the engine's clock, exact to a second or better. */
  readonly createdMs?: number
}

/** A life-cycle event; `timeMs` counts from 1970. */
export type RuntimeEvent =
  | (ContainerMoment & {
      /** What happened to the container. */
      readonly kind: 'started' | 'paused' | 'unpaused' | 'removed' | 'out-of-memory'
    })
  | (ContainerMoment & {
      readonly kind: 'exited'
      /** 128 and the number of the signal that ended it, or its own code; 137 if the engine no longer knows it. */
      readonly exitCode: number
    })
  /** A result of the image's health check; engines may repeat it for every check. */
  | (ContainerMoment & {
      readonly kind: 'health'
      /** Whether the check succeeded. */
      readonly healthy: boolean
    })
  /** The engine stopped answering and did not come back; no further events come. */
  | {
      readonly kind: 'engine-gone'
      /** The engine's last answer, or the fault of the connection. */
      readonly reason: string
      /** When it was noticed. */
      readonly timeMs: number
    }

/** Which container an event is about, and when it happened. */
export interface ContainerMoment {
  /** Id of the container. */
  readonly container: string
  /** Milliseconds since 1970, by the engine's clock. */
  readonly timeMs: number
}
