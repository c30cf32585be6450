import type { ProbeSpec } from './probe.ts'
import type { Template } from './template.ts'

/** When a dependent may start: after the other's program started, is ready, or ended with exit code 0. */
export type Condition = 'started' | 'healthy' | 'completed'

/** `lane`: every lane has its own; `run`: one for all lanes, which keeps their data apart by its tasks. */
export type Share = 'lane' | 'run'

export interface PortSpec {
  /** Number inside the service's network, 1–65535. */
  readonly port: number
  readonly protocol?: 'tcp' | 'udp'
  /** Scheme of the `<port>.url` output, without `://`. */
  readonly scheme: string
}

export interface BuildSpec {
  /** Build folder, absolute. */
  readonly context: string
  /** Dockerfile, relative to the folder; default `Dockerfile`. */
  readonly dockerfile?: string
  /** Last stage to build. */
  readonly target?: string
  readonly args?: Readonly<Record<string, string>>
}

/** A testcontainers module named as data; only the docker room loads it and reads image, env, ports … off it. */
export interface ModuleSpec {
  readonly module: string
  readonly export: string
  /** Constructor arguments. */
  readonly args: readonly unknown[]
  /** `with…` calls by method name: the list of arguments of each. */
  readonly options: Readonly<Record<string, readonly unknown[]>>
  /** File or `file:` URL from which the module is resolved; default the topology's folder. */
  readonly resolveFrom?: string
}

export interface FileSpec {
  /** Host file or folder, absolute. */
  readonly from?: string
  /** Text instead of a host file. */
  readonly content?: string
  /** Absolute path in the service. */
  readonly to: string
  /** Permission bits, as `0o644`. */
  readonly mode?: number
}

export interface MountSpec {
  /** Host path, absolute. */
  readonly from: string
  readonly to: string
  readonly readOnly?: boolean
}

export interface DebugSpec {
  /** Port of the inspector inside the service. */
  readonly port: number
}

/** A program run inside a service at a fixed moment of its life. */
export interface TaskSpec {
  readonly argv: readonly Template[]
  readonly user?: string
  readonly env?: Readonly<Record<string, Template>>
  readonly stdin?: Template
  /** Default 60 000. */
  readonly timeoutMs?: number
}

/**
 * How a service keeps lanes apart and its data resettable, as data.
 * `self.<output>` and `lane.name` can be used in every task but `setup`, which knows no lane.
 */
export interface TaskPlan {
  /** Once, when the server is ready. */
  readonly setup?: readonly TaskSpec[]
  /** When a lane arrives, before its services start. */
  readonly enter?: readonly TaskSpec[]
  /** When all services of the lane are ready for the first time: remember the data. */
  readonly baseline?: readonly TaskSpec[]
  /** Back to the remembered data, with clients still connected. */
  readonly reset?: readonly TaskSpec[]
  /** Back to the state after `enter`, whatever it takes. Default `leave` then `enter`. */
  readonly deepReset?: readonly TaskSpec[]
  /** When the lane goes while the server stays. */
  readonly leave?: readonly TaskSpec[]
}

/** One service, complete and plain: what the supervisor needs and nothing that cannot be written as JSON. */
export interface ServiceSpec {
  /** Name of the plugin that made it; absent for plain services. */
  readonly kind?: string
  /** Exactly one of these three. */
  readonly image?: string
  readonly build?: BuildSpec
  readonly from?: ModuleSpec

  readonly command?: readonly string[]
  readonly entrypoint?: readonly string[]
  readonly user?: string
  readonly workdir?: string
  readonly env?: Readonly<Record<string, Template>>
  /** In the order of declaration; the first is the default of `host`, `port` and of probes. */
  readonly ports?: Readonly<Record<string, PortSpec>>
  readonly files?: readonly FileSpec[]
  readonly mounts?: readonly MountSpec[]
  /** Path → mount options such as `size=64m`, or `''`. */
  readonly tmpfs?: Readonly<Record<string, string>>
  readonly dependsOn?: Readonly<Record<string, Condition>>
  /** Default: the image's health check, else a listening first port, else started. */
  readonly ready?: ProbeSpec
  /** Default 60 000. */
  readonly readyTimeoutMs?: number
  /**
   * Milliseconds between SIGTERM and SIGKILL. When absent: 2 000 for `stop()` and `restart()`,
   * and an env change, a reset or the end of the run kill at once.
   */
  readonly stopTimeoutMs?: number
  readonly memoryMiB?: number
  readonly cpus?: number
  readonly labels?: Readonly<Record<string, string>>
  /** Default `lane`. */
  readonly share?: Share
  /** More names on the lane's network besides the service's own. */
  readonly aliases?: readonly string[]
  readonly debug?: DebugSpec
  /** Outputs beyond `host`, `port` and `<port>.host | .port | .url`. */
  readonly outputs?: Readonly<Record<string, Template>>
  readonly tasks?: TaskPlan
  /**
   * Keep the files as they are after the first start and `setup` as an image, and start from it from then on:
   * for servers whose first start is long. Files below a volume of the image are not kept. Default `false`.
   */
  readonly prebuild?: boolean
}

/** The declared graph as data. */
export interface TopologySpec {
  readonly name: string
  /** Folder against which paths were resolved, absolute; also where `.mesocosm` lies. */
  readonly root: string
  readonly services: Readonly<Record<string, ServiceSpec>>
}
