import type { ContainerSettings } from './container-settings.ts'
import type { ProbeSpec } from './probe.ts'
import type { Template } from './template.ts'

/** When a dependent may start: when the other service's program has started, is ready, or has exited with code 0. */
export type Condition = 'started' | 'healthy' | 'completed'

/** `lane`: one instance per lane; `run`: one for all lanes, whose data its tasks keep apart. */
export type Share = 'lane' | 'run'

/** A port of a service. */
export interface PortSpec {
  /** Number inside the service's network, 1–65535. */
  readonly port: number
  /** Default `tcp`. */
  readonly protocol?: 'tcp' | 'udp'
  /** Scheme of the `<port>.url` output, without `://`. */
  readonly scheme: string
}

/** How an image is built. */
export interface BuildSpec {
  /** Build folder, absolute. */
  readonly context: string
  /** Dockerfile, relative to the folder or absolute; it may be outside of the folder. Default `Dockerfile`. */
  readonly dockerfile?: string
  /** Content of the Dockerfile, instead of a file. Not together with `dockerfile`. */
  readonly dockerfileInline?: string
  /** Stage to build; default the last. */
  readonly target?: string
  /** Build arguments; default none. */
  readonly args?: Readonly<Record<string, string>>
  /** Platform of the image, such as `linux/arm64`; default that of the service, else that of the engine. */
  readonly platform?: string
  /** Images whose layers are taken instead of building them, if they fit. They need not exist. Default none. */
  readonly cacheFrom?: readonly string[]
  /** Secrets by the id of `RUN --mount=type=secret,id=…`; they stay out of the image. Default none. */
  readonly secrets?: Readonly<Record<string, BuildSecretSpec>>
  /**
   * Sockets of SSH agents, absolute, by the id of `RUN --mount=type=ssh,id=…`; `default` without an id. Empty: that
   * of `SSH_AUTH_SOCK`, which was not set. Default none.
   */
  readonly ssh?: Readonly<Record<string, string>>
}

/** A secret of a build. Either `file`, or `env` and `secret`. Its value does not decide whether an image is built. */
export interface BuildSecretSpec {
  /** File with the value, absolute. */
  readonly file?: string
  /** Environment variable with the value. */
  readonly env?: string
  /** The value; absent when the environment variable is not set. */
  readonly secret?: string
}

/** A testcontainers module as data; only the docker room loads it and reads image, env, ports … from it. */
export interface ModuleSpec {
  /** Package or file that exports the class. */
  readonly module: string
  /** Name of the class. */
  readonly export: string
  /** Constructor arguments. */
  readonly args: readonly unknown[]
  /** Calls of `with…` methods: the array of arguments by method name. */
  readonly options: Readonly<Record<string, readonly unknown[]>>
  /** File or `file:` URL from which the module is resolved; default the topology's folder. */
  readonly resolveFrom?: string
}

/** A file or folder that is copied into the service before its program starts. Either `from` or `content`. */
export interface FileSpec {
  /** Host file or folder, absolute. */
  readonly from?: string
  /** Content of the file, UTF-8, instead of a host file. */
  readonly content?: string
  /** Absolute path in the service. */
  readonly to: string
  /** Permission bits such as `0o644`; default those of the host file, `0o644` for `content`. */
  readonly mode?: number
}

/** A host file or folder that the service uses in place (bind mount). */
export interface MountSpec {
  /** Host path, absolute. */
  readonly from: string
  /** Absolute path in the service. */
  readonly to: string
  /** Default `false`. */
  readonly readOnly?: boolean
}

/** Languages whose debuggers can be started by their environment or command. */
export const debugKinds = ['node', 'python', 'php', 'java', 'go'] as const

/** Language of a program, for its debugger. */
export type DebugKind = (typeof debugKinds)[number]

/** How a service can be debugged. */
export interface DebugSpec {
  /** Language of its program; absent if its own environment or command starts the debugger. */
  readonly kind?: DebugKind
  /** Port of the program's debugger inside the service; default that of the language. */
  readonly port?: number
  /** Where its source files are; default the build folder and the working folder of the program. */
  readonly sources?: DebugSources
}

/** Source files of a service on this machine and in the service. */
export interface DebugSources {
  /** Folder on this machine, absolute. */
  readonly local: string
  /** The same folder in the service, absolute. */
  readonly remote: string
}

/** How a service runs as a process of this machine. */
export interface LocalSpec {
  /**
   * Program and arguments; no shell. `${PORT}` is replaced by the number of its first port, `${PORT_<NAME>}` by that of
   * the port with this name in capital letters, `${DIR}` by a folder of its own that is removed with it.
   */
  readonly command: readonly string[]
  /** Working folder, absolute. */
  readonly cwd: string
  /** Environment variables in addition to the service's, which they replace. They may use `${PORT}` and `${DIR}`. */
  readonly env?: Readonly<Record<string, Template>>
  /** Files and folders, absolute: the program starts again when one of them changes. Default none. */
  readonly watch?: readonly string[]
  /** Variable that gets the number of a port, by the port's name. Default `PORT` for the first one. */
  readonly portEnv?: Readonly<Record<string, string>>
  /**
   * Copied into the folder `${DIR}` before the program starts, instead of the service's files; `to` is relative to it.
   * Default none.
   */
  readonly files?: readonly FileSpec[]
  /** Its hooks when it runs like this; default those of the service. */
  readonly tasks?: TaskPlan
}

/** Why a service cannot run as a process of this machine, although others of its kind can. */
export interface LocalUnsupported {
  /** What prevents it, without the service's name: `needs the extension postgis, which the server lacks`. */
  readonly unsupported: string
  /** What the user can do; default a general one. */
  readonly remedy?: string
}

/** Returns how a service runs as a process of this machine; `undefined` if it cannot. */
export const localSpecOf = ({ local }: Pick<ServiceSpec, 'local'>): LocalSpec | undefined =>
  local === undefined || 'unsupported' in local ? undefined : local

/** A container of its own for a `setup` task, in the network of the service, which is `127.0.0.1` in it. */
export interface TaskContainerSpec {
  /** Image to run, pulled if it is missing. Exactly one of `image` and `build`. */
  readonly image?: string
  /** How its image is built. Exactly one of `image` and `build`. */
  readonly build?: BuildSpec
  /** Platform of the image, such as `linux/arm64`; default that of the engine. */
  readonly platform?: string
  /** Files and folders that are copied in. Default none. */
  readonly files?: readonly FileSpec[]
  /** Working folder, absolute; default the image's. */
  readonly workdir?: string
}

/** A program that runs in a service as a hook. */
export interface TaskSpec {
  /** Program and arguments, one template each; no shell. With `container` they replace the image's CMD. */
  readonly argv: readonly Template[]
  /** Runs it in a container of its own instead of the service's; only in `setup`, and without `stdin`. */
  readonly container?: TaskContainerSpec
  /** User or `uid:gid` that the program runs as; default the service's. */
  readonly user?: string
  /** Environment variables in addition to the service's. */
  readonly env?: Readonly<Record<string, Template>>
  /** Written to the program's stdin, which is then closed; default empty. */
  readonly stdin?: Template
  /** Milliseconds before it is killed and fails with `TASK_FAILED`; default 60 000. */
  readonly timeoutMs?: number
}

/**
 * The hooks of a service: tasks that keep the data of lanes apart and reset it.
 * They can refer to `self.<output>` and `lane.name`, except `setup`, which runs for no lane.
 */
export interface TaskPlan {
  /** Runs once, when the server is ready. */
  readonly setup?: readonly TaskSpec[]
  /** Runs when a lane arrives, before its services start: creates the lane's share of the server. */
  readonly enter?: readonly TaskSpec[]
  /**
   * Runs instead of `enter` and of the first `baseline` for a lane in which no other service uses the server, because
   * nothing can change the data in between: creates the lane's share with its snapshot. Default both of them.
   */
  readonly enterAlone?: readonly TaskSpec[]
  /** Runs when all services of the lane are ready for the first time: takes a snapshot of the data. */
  readonly baseline?: readonly TaskSpec[]
  /** Runs at a reset: restores the snapshot, while clients are connected. */
  readonly reset?: readonly TaskSpec[]
  /** Runs at a deep reset: restores the state after `enter`. Default `leave`, then `enter`. */
  readonly deepReset?: readonly TaskSpec[]
  /** Runs when the lane is removed and the server stays: removes the lane's share of the server. */
  readonly leave?: readonly TaskSpec[]
}

/** A service as plain data: everything that the supervisor needs, all of it JSON. */
export interface ServiceSpec extends ContainerSettings {
  /** Name of its plugin; absent for plain services. */
  readonly kind?: string
  /** Image to run, pulled if it is missing. Exactly one of `image`, `build` and `from`. */
  readonly image?: string
  /** How its image is built. Exactly one of `image`, `build` and `from`. */
  readonly build?: BuildSpec
  /** Testcontainers module that it is made from. Exactly one of `image`, `build` and `from`. */
  readonly from?: ModuleSpec

  /**
   * `test`: the test answers at its ports, while it listens. It has no program of its own, and besides this only ports,
   * aliases and labels.
   */
  readonly endpoint?: 'test'

  /** Replaces the image's CMD. */
  readonly command?: readonly string[]
  /** Replaces the image's ENTRYPOINT. */
  readonly entrypoint?: readonly string[]
  /** User or `uid:gid` that the program runs as; default the image's. */
  readonly user?: string
  /** Working folder of the program, absolute; default the image's. */
  readonly workdir?: string
  /** Environment variables by name. */
  readonly env?: Readonly<Record<string, Template>>
  /** Ports by name, in declared order; the first one is the default of `host`, `port` and probes. */
  readonly ports?: Readonly<Record<string, PortSpec>>
  /** Files and folders that are copied in before the program starts. */
  readonly files?: readonly FileSpec[]
  /** Host files and folders that are used in place. */
  readonly mounts?: readonly MountSpec[]
  /** Folders in memory: mount options such as `size=64m`, or `''`, by path. */
  readonly tmpfs?: Readonly<Record<string, string>>
  /** Conditions by service that must hold before this one starts, in addition to those that references imply. */
  readonly dependsOn?: Readonly<Record<string, Condition>>
  /** Default: the image's health check; without one, an open first port; without ports, a started program. */
  readonly ready?: ProbeSpec
  /** Milliseconds that the service has to become ready; default 60 000. */
  readonly readyTimeoutMs?: number
  /**
   * Milliseconds between SIGTERM and SIGKILL. Default 2 000 for `stop()` and `restart()`, 0 for an env change,
   * a reset and the end of the run.
   */
  readonly stopTimeoutMs?: number
  /** Addresses by more host names that the service can look up: an IP address, or `host-gateway` for the engine's host. */
  readonly extraHosts?: Readonly<Record<string, string>>
  /** Labels of the container in addition to Mesocosm's own. */
  readonly labels?: Readonly<Record<string, string>>
  /** Default `lane`. */
  readonly share?: Share
  /** More host names on the lane's network in addition to the service's own. */
  readonly aliases?: readonly string[]
  /**
   * `true`: SDKs of OpenTelemetry in its program find an endpoint for their spans and logs in their environment, which
   * the record of the run keeps, under the test that caused them. Default `false`.
   */
  readonly telemetry?: boolean
  /** How it can be debugged. */
  readonly debug?: DebugSpec
  /** How it runs as a process of this machine, or why it cannot. Default: it cannot. */
  readonly local?: LocalSpec | LocalUnsupported
  /** Outputs in addition to `host`, `port` and `<port>.host | .port | .url`. */
  readonly outputs?: Readonly<Record<string, Template>>
  /** Its hooks. */
  readonly tasks?: TaskPlan
  /**
   * `true`: keeps the files as they are after the first start and `setup` as an image, and starts from that image
   * from then on, for servers whose first start is slow. Files in volumes of the image are not kept. Default `false`.
   */
  readonly prebuild?: boolean
}

/** A topology as plain data. */
export interface TopologySpec {
  /** Name of the topology. */
  readonly name: string
  /** Folder against which paths were resolved, absolute. */
  readonly root: string
  /** Services by name, in declared order. */
  readonly services: Readonly<Record<string, ServiceSpec>>
}
