import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type {
  BuildSpec,
  FileSpec,
  ModuleSpec,
  MountSpec,
  ServiceSpec,
} from '../model/service-spec.ts'

/**
 * What Mesocosm needs of a machine that runs containers: thirteen methods, in our words.
 * Implementations: `docker/` (dockerode) and `runtime/memory` (no engine); both pass `runtime/contract`.
 *
 * Every failure is a `MesocosmError`. What is not there any more counts as removed.
 */
export interface Runtime extends AsyncDisposable {
  /** Who is there. Throws `ENGINE_NOT_FOUND` or `ENGINE_GONE`. */
  info(): Promise<EngineInfo>

  /**
   * Makes an image present and tells what is in it; nothing is done when it is there already.
   * Throws `IMAGE_NOT_FOUND`, `IMAGE_PULL_DENIED`, `IMAGE_PULL_FAILED`, `BUILD_FAILED`, `DISK_FULL`.
   */
  image(request: ImageRequest, options?: ImageOptions): Promise<ImageInfo>

  /** Creates a network with a small subnet of its own; returns its id. Throws `ADDRESS_POOL_EXHAUSTED`. */
  createNetwork(spec: NetworkSpec): Promise<string>

  /** Creates a container, files copied in, not started; returns its id. */
  create(spec: ContainerSpec): Promise<string>

  /**
   * Starts a created or stopped container. Output is attached before the program runs, so no line is lost;
   * `onOutput` must not block. Throws `PORT_TAKEN`, `SERVICE_START_FAILED`.
   */
  start(id: string, onOutput?: (chunk: OutputChunk) => void): Promise<StartedProgram>

  /** State now; `undefined` when there is no such container. */
  inspect(id: string): Promise<ContainerState | undefined>

  /** Sends a signal, or freezes (`pause`) and thaws. Does not wait for the program to end. Nothing happens to one that is not running. */
  signal(id: string, signal: ContainerSignal): Promise<void>

  /** Runs a program in a running container and waits. Throws `ExecError` (`EXEC_NOT_FOUND`, `EXEC_TIMEOUT`), `SERVICE_NOT_RUNNING`. */
  exec(id: string, request: ExecRequest, options?: ExecOptions): Promise<ExecResult>

  /** Puts a container on a network under names, or takes it off. Doing it twice is fine. */
  link(change: LinkChange): Promise<void>

  /** All that carries every one of these labels. */
  list(labels: Readonly<Record<string, string>>): Promise<Inventory>

  /** Images that carry every one of these labels, each under each of its names. */
  images(labels: Readonly<Record<string, string>>): Promise<readonly StoredImage[]>

  /** Calls back for every life event of containers with these labels until disposed. */
  watch(
    labels: Readonly<Record<string, string>>,
    onEvent: (event: RuntimeEvent) => void,
  ): Promise<AsyncDisposable>

  /** Removes at once and for good, a running container included (with its anonymous volumes). */
  remove(kind: ResourceKind, id: string): Promise<void>
}

export type ResourceKind = 'container' | 'network' | 'volume' | 'image'

export interface EngineInfo {
  readonly name: string
  readonly version: string
  readonly apiVersion: string
  /** As images name it: `amd64`, `arm64`. */
  readonly architecture: string
  readonly cpus: number
  readonly memoryBytes: number
  /** Where the engine was found, such as `unix:///var/run/docker.sock`, and by what. */
  readonly endpoint: string
  readonly foundBy: string
  /** Host under which published ports answer. */
  readonly host: string
  /** Whether this process can reach containers by their own addresses (native Linux). */
  readonly directRoute: boolean
}

export type ImageRequest =
  | { readonly kind: 'pull'; readonly reference: string }
  /** Never fetched: `IMAGE_NOT_FOUND` when it is not there. */
  | { readonly kind: 'local'; readonly reference: string }
  /** Built once per content: the tag holds a hash of folder, Dockerfile, target and arguments. */
  | { readonly kind: 'build'; readonly name: string; readonly build: BuildSpec }
  /** The tiny program that does nothing and so keeps a network namespace alive. */
  | { readonly kind: 'sandbox' }
  /** A testcontainers module: its image made present, its settings read off as a service. */
  | { readonly kind: 'module'; readonly module: ModuleSpec; readonly root: string }
  /** A stopped container's files as an image. */
  | {
      readonly kind: 'commit'
      readonly container: string
      readonly reference: string
      readonly labels: Readonly<Record<string, string>>
    }

export interface ImageOptions {
  /** One line of progress at a time: a layer's state, a build step's output. */
  readonly onProgress?: (line: string) => void
  readonly signal?: AbortSignal
}

export interface ImageInfo {
  /** Content digest; goes into config hashes. */
  readonly id: string
  /** Name to create containers from. */
  readonly reference: string
  readonly env: Readonly<Record<string, string>>
  readonly hasHealthcheck: boolean
  /** Exposed TCP ports, ascending. */
  readonly exposedPorts: readonly number[]
  /** For `module` requests: what was read off, for the spec's absent keys. */
  readonly service?: Partial<ServiceSpec>
}

/** An image that is there, as a list tells of it. */
export interface StoredImage {
  readonly reference: string
  /** Milliseconds since 1970 when it was made. */
  readonly madeMs: number
  /** With the layers that it has in common with others. */
  readonly bytes: number
  /** Whether a container, running or not, was created from it. */
  readonly used: boolean
}

export interface NetworkSpec {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** How many addresses it must have room for. */
  readonly size: number
}

export interface ContainerSpec {
  readonly name: string
  readonly image: string
  readonly labels: Readonly<Record<string, string>>
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly user?: string
  readonly workdir?: string
  readonly hostname?: string
  /** Own place on a network, or inside the network namespace of another container. */
  readonly network:
    | { readonly kind: 'own'; readonly network: string; readonly aliases: readonly string[] }
    | { readonly kind: 'joined'; readonly container: string }
  /** Ports published on the loopback address of the engine's host, each on a free port. */
  readonly publish?: readonly PublishedPort[]
  readonly files?: readonly FileSpec[]
  readonly mounts?: readonly MountSpec[]
  readonly tmpfs?: Readonly<Record<string, string>>
  readonly memoryMiB?: number
  readonly cpus?: number
}

export interface PublishedPort {
  readonly port: number
  readonly protocol: 'tcp' | 'udp'
  /** Port on the engine's host; default one that the engine draws, and draws anew when the networks change. */
  readonly hostPort?: number
}

export interface StartedProgram {
  /** Resolves, never rejects, when the last byte of this start's output has been handed over (at once without `onOutput`). */
  readonly outputEnded: Promise<void>
}

export interface OutputChunk {
  readonly stream: 'stdout' | 'stderr'
  readonly bytes: Uint8Array
}

export type ContainerSignal = 'pause' | 'unpause' | `SIG${string}`

export interface ExecOptions {
  readonly signal?: AbortSignal
  /** Milliseconds before the program is killed; default none. */
  readonly timeoutMs?: number
}

export interface ContainerState {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly status: 'created' | 'running' | 'paused' | 'exited'
  readonly exitCode: number | undefined
  readonly outOfMemory: boolean
  readonly health: 'none' | 'starting' | 'healthy' | 'unhealthy'
  /** Own addresses by network id; empty when joined or not running. */
  readonly addresses: Readonly<Record<string, string>>
  /** Published ports: `80/tcp` → port on the engine's host. */
  readonly published: Readonly<Record<string, number>>
}

export type LinkChange =
  | {
      readonly kind: 'connect'
      readonly container: string
      readonly network: string
      readonly aliases: readonly string[]
    }
  | { readonly kind: 'disconnect'; readonly container: string; readonly network: string }

export interface Inventory {
  readonly containers: readonly Pick<ContainerState, 'id' | 'name' | 'labels' | 'status'>[]
  readonly networks: readonly {
    readonly id: string
    readonly name: string
    readonly labels: Readonly<Record<string, string>>
  }[]
  readonly volumes: readonly {
    readonly id: string
    readonly labels: Readonly<Record<string, string>>
  }[]
}

export type RuntimeEvent =
  | {
      readonly kind: 'started' | 'paused' | 'unpaused' | 'removed' | 'out-of-memory'
      readonly container: string
      readonly timeMs: number
    }
  | {
      readonly kind: 'exited'
      readonly container: string
      readonly exitCode: number
      readonly timeMs: number
    }
  | {
      readonly kind: 'health'
      readonly container: string
      readonly healthy: boolean
      readonly timeMs: number
    }
  /** The engine stopped answering; no further events come. */
  | { readonly kind: 'engine-gone'; readonly reason: string; readonly timeMs: number }
