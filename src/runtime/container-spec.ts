import type { ContainerSettings, Sysctls } from '../model/container-settings.ts'
import type { FileSpec, MountSpec } from '../model/service-spec.ts'
import type { Runtime } from './runtime.ts'

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
  /**
   * Host names that it reaches without a proxy. With them, the proxies that the user has configured for containers are
   * in its environment, below `env`, and addresses of its networks need none; default no proxies.
   */
  readonly noProxy?: readonly string[]
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
  /** Input that `startInteractive` passes on: a pipe, or a terminal for all three streams. Default none. */
  readonly input?: 'pipe' | 'terminal'
  /** Runs it as a process of this machine instead of a container; only where the runtime can. `image` is not used then. */
  readonly local?: LocalProgram
  /** Whether its own files cannot be changed; mounts and tmpfs can. Not together with `files`. Default false. */
  readonly readOnlyRoot?: boolean
}

/** A program that runs as a process of this machine, in the place of a container. */
export interface LocalProgram {
  /** Program and arguments, with the placeholders of `LocalSpec`. */
  readonly command: readonly string[]
  /** Working folder, absolute. */
  readonly cwd: string
  /** Ports of its sandbox that it answers at: their numbers there, by name, in declared order. */
  readonly ports: Readonly<Record<string, number>>
  /** Variable that gets the number of the port at which the process must listen, by the port's name. */
  readonly portEnv: Readonly<Record<string, string>>
  /** Copied into the folder `${DIR}` before the program starts; `to` is relative to it. Default none. */
  readonly files?: readonly FileSpec[]
  /** Files and folders, absolute: the program starts again when one of them changes. */
  readonly watch?: readonly string[]
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
  /** Kernel parameters of its network, for it and all that join it. */
  readonly sysctls?: Sysctls
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

/** A port to publish. */
export interface PublishedPort {
  /** Port inside. */
  readonly port: number
  /** Transport of the port. */
  readonly protocol: 'tcp' | 'udp'
  /** Port on the engine's host; by default the engine picks one, and picks again when the networks change. */
  readonly hostPort?: number
}

/** Options of {@link Runtime.create}. */
export interface CreateOptions {
  /** Called with each warning of the engine, such as that a limit has no effect. */
  readonly onWarning?: (text: string) => void
}
