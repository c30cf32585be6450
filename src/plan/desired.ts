import type { ProbeSpec } from '../model/probe.ts'
import type { Condition, FileSpec, MountSpec } from '../model/service-spec.ts'
import type { PublishedPort } from '../runtime/runtime.ts'

/** What a group of services (a lane, or the servers that lanes share) should look like. Plain and complete. */
export interface DesiredState {
  /** Lane name, or `run`. */
  readonly group: string
  readonly services: Readonly<Record<string, DesiredService>>
}

export interface DesiredService {
  readonly name: string
  /** All that the program's container is made from, values in place. Its hash decides about a recreate. */
  readonly program: ProgramConfig
  /** All that the holder of its network place is made from. */
  readonly place: PlaceConfig
  readonly state: 'running' | 'paused' | 'stopped'
  /** Off the lane's network on purpose. */
  readonly disconnected: boolean
  readonly dependsOn: Readonly<Record<string, Condition>>
  readonly ready: ProbeSpec | undefined
  readonly readyTimeoutMs: number
  /** 0: killed at once when it must go. */
  readonly stopTimeoutMs: number
}

export interface ProgramConfig {
  readonly image: string
  readonly imageId: string
  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly user?: string
  readonly workdir?: string
  readonly env: Readonly<Record<string, string>>
  /** `digest` of a host file's content, so that an edited file recreates. */
  readonly files: readonly (FileSpec & { readonly digest?: string })[]
  readonly mounts: readonly MountSpec[]
  readonly tmpfs: Readonly<Record<string, string>>
  readonly memoryMiB?: number
  readonly cpus?: number
  readonly labels: Readonly<Record<string, string>>
}

export interface PlaceConfig {
  readonly aliases: readonly string[]
  readonly publish: readonly PublishedPort[]
}

/** What is there. */
export interface ObservedState {
  readonly network: string | undefined
  readonly services: Readonly<Record<string, ObservedService>>
}

export interface ObservedService {
  readonly holder: { readonly id: string; readonly hash: string; readonly connected: boolean } | undefined
  readonly program: ObservedProgram | undefined
}

export interface ObservedProgram {
  readonly id: string
  readonly hash: string
  readonly status: 'created' | 'running' | 'paused' | 'exited'
  readonly ready: boolean
  readonly exitCode?: number
}
