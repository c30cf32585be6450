import type { ContainerSettings, Sysctls } from '../model/container-settings.ts'
import type { ProbeSpec } from '../model/probe.ts'
import type { Condition, FileSpec, MountSpec, PortSpec } from '../model/service-spec.ts'
import type { LocalProgram, PublishedPort } from '../runtime/container-spec.ts'

/** What a group of services (a lane, or the servers that lanes share) should look like. Plain data. */
export interface DesiredState {
  /** Lane name, or `run`. */
  readonly group: string
  readonly services: Readonly<Record<string, DesiredService>>
}

/** What one service should look like. */
export interface DesiredService {
  readonly name: string
  /** What the program's container is created from, values filled in. It is recreated when the hash of this changes. */
  readonly program: ProgramConfig
  /** What its sandbox container is created from. */
  readonly sandbox: SandboxConfig
  readonly state: 'running' | 'paused' | 'stopped'
  /**
   * Name of the image with the files of `program` after its set-up, which is made after the first one. Equal in effect,
   * so not part of the hash.
   */
  readonly prebuilt?: string
  /** Whether it is disconnected from the lane's network on purpose. */
  readonly disconnected: boolean
  readonly dependsOn: Readonly<Record<string, Condition>>
  /**
   * Services of its group whose addresses must be known before its program is created, because they are in its
   * environment as this machine reaches them. Only for a process of this machine.
   */
  readonly reaches?: readonly string[]
  readonly ready: ProbeSpec | undefined
  /** Declared ports by name, for probes. */
  readonly ports?: Readonly<Record<string, PortSpec>>
  readonly readyTimeoutMs: number
  /** Grace before SIGKILL when it must stop; 0 kills at once. */
  readonly stopTimeoutMs: number
}

/** Everything that a program container is created from. */
export interface ProgramConfig extends ContainerSettings {
  readonly image: string
  readonly imageId: string
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly user?: string
  readonly workdir?: string
  readonly env: Readonly<Record<string, string>>
  /** `digest` of a host file's content, so that an edited file changes the hash. */
  readonly files: readonly (FileSpec & { readonly digest?: string })[]
  readonly mounts: readonly MountSpec[]
  readonly tmpfs: Readonly<Record<string, string>>
  readonly labels: Readonly<Record<string, string>>
  /** Runs as a process of this machine. */
  readonly local?: LocalProgram
  /** Host names that it reaches without a proxy; not part of the hash, so that another service does not create it again. */
  readonly noProxy?: readonly string[]
}

/** Everything that a sandbox container is created from. */
export interface SandboxConfig {
  readonly aliases: readonly string[]
  readonly publish: readonly PublishedPort[]
  readonly extraHosts?: Readonly<Record<string, string>>
  /** Kernel parameters of the network. */
  readonly sysctls?: Sysctls
}

/** What exists now. */
export interface ObservedState {
  readonly network: string | undefined
  readonly services: Readonly<Record<string, ObservedService>>
}

/** The containers that one service has. */
export interface ObservedService {
  readonly sandbox: ObservedSandbox | undefined
  readonly program: ObservedProgram | undefined
  /** Containers of replaced programs that still exist, such as after a failed start of the new one. */
  readonly outgoing?: readonly string[]
}

/** An existing sandbox container. */
export interface ObservedSandbox {
  readonly id: string
  readonly hash: string
  readonly connected: boolean
  /** Whether another process has disconnected it, so that open connections of its program are dead. */
  readonly lost?: boolean
  /** What it was created from, if known; lets a plan name what changed. */
  readonly config?: SandboxConfig
}

/** An existing program container. */
export interface ObservedProgram {
  readonly id: string
  readonly hash: string
  /** What it was created from, if known; lets a plan name what changed. */
  readonly config?: ProgramConfig
  readonly status: 'created' | 'running' | 'paused' | 'exited'
  /** Whether its set-up failed half-way, so that its data is half-made. Default `false`. */
  readonly spoiled?: boolean
  readonly ready: boolean
  readonly exitCode?: number
}
