import type { CliDefinition } from '../model/cli.ts'
import type { ContainerSettings } from '../model/container-settings.ts'
import type {
  BuildSpec,
  Condition,
  DebugKind,
  DebugSpec,
  LocalSpec,
  LocalUnsupported,
  MountSpec,
  PortSpec,
  Share,
  TaskPlan,
} from '../model/service-spec.ts'
import type { SecretPart } from '../model/template.ts'
import type { ArgvFunction, Command } from './command.ts'
import type { EnvValue } from './env-value.ts'
import type { Probe } from './probes.ts'
import type { Generated } from './register.ts'
import type { ContainerLike, TestcontainersModule } from './testcontainer.ts'

/** A port in its long form. */
export interface PortDefinition extends Omit<PortSpec, 'scheme'> {
  /** Scheme of the `<port>.url` output, without `://`. Default the port's name if that is a known scheme, else `udp` for UDP ports and `http` for others. */
  readonly scheme?: string
}

/** How an image is built. Host paths are relative to the topology's folder. */
export interface BuildDefinition extends Omit<BuildSpec, 'secrets' | 'ssh'> {
  /**
   * Secrets by the id of `RUN --mount=type=secret,id=…`; they stay out of the image, and their values do not decide
   * whether it is built. A secret that is not declared is not mounted. Default none.
   */
  readonly secrets?: Readonly<Record<string, BuildSecret>>
  /**
   * `true`: the SSH agent of `SSH_AUTH_SOCK`, for `RUN --mount=type=ssh`; or sockets of agents by the id of
   * `RUN --mount=type=ssh,id=…`. Default none.
   */
  readonly ssh?: true | Readonly<Record<string, string>>
}

/** A secret of a build: an environment variable or a file with its value, or the value as `secret(…)`. */
export type BuildSecret =
  | { readonly env: string; readonly file?: never; readonly secret?: never }
  | { readonly file: string; readonly env?: never; readonly secret?: never }
  | (SecretPart & { readonly env?: never; readonly file?: never })

/** A file or folder that is copied into the service before its program starts. */
export type FileDefinition = FileTarget &
  (
    | {
        /**
         * Host file or folder, relative to the topology's folder. Links inside a folder stay links; FIFOs, sockets and
         * devices in it are left out, as in builds of images.
         */
        readonly from: string
        /** Either `from` or `content`. */
        readonly content?: never
      }
    | {
        /** Content of the file, UTF-8, instead of a host file. */
        readonly content: string
        /** Either `from` or `content`. */
        readonly from?: never
      }
  )

/** How a service runs as a process of this machine. Paths are relative to the topology's folder. */
export interface LocalDefinition
  extends Omit<LocalSpec, 'cwd' | 'env' | 'watch' | 'portEnv' | 'files'> {
  /** Working folder; default the build folder, else the topology's. */
  readonly cwd?: string
  /** Environment variables in addition to the service's, which they replace. They may use `${PORT}` and `${DIR}`. */
  readonly env?: Readonly<Record<string, EnvValue>>
  /** A file or folder, or several: the program starts again when one of them changes. Default none. */
  readonly watch?: string | readonly string[]
  /** Variable that gets the number of the first port, or variables by port name. Default `PORT`. */
  readonly portEnv?: string | Readonly<Record<string, string>>
  /** Files and folders that are copied into `${DIR}` before the program starts; `to` is relative to it. Default none. */
  readonly files?: readonly FileDefinition[]
}

interface FileTarget {
  /** Absolute path in the service. Of `local`: relative to `${DIR}`. */
  readonly to: string
  /** Permission bits such as `0o644`; default those of the host file, `0o644` for `content`. */
  readonly mode?: number
}

/** The keys that have the same type in every definition. Host paths are relative to the topology's folder. */
export interface BasicDefinition extends ContainerSettings {
  /** Image to run, pulled if it is missing. Exactly one of `image`, `build` and `from`. */
  readonly image?: string
  /** A testcontainers container: an instance (not started), or `testcontainer(…)` as data. Exactly one of `image`, `build` and `from`. */
  readonly from?: ContainerLike | TestcontainersModule
  /** `test`: the test answers at its ports; see `testEndpoint`, which returns such a definition. */
  readonly endpoint?: 'test'
  /** The start command as in Compose: replaces the image's CMD. */
  readonly command?: readonly string[]
  /** Replaces the image's ENTRYPOINT; default the image's. */
  readonly entrypoint?: readonly string[]
  /** User or `uid:gid` the program runs as; default the image's. */
  readonly user?: string
  /** Working folder of the program; default the image's. */
  readonly workdir?: string
  /** Files and folders that are copied into the service before its program starts. */
  readonly files?: readonly FileDefinition[]
  /** Host folders and files that the service uses in place (bind mounts). */
  readonly mounts?: readonly MountSpec[]
  /** Folders in memory: an array of paths, or mount options such as `size=64m` by path. */
  readonly tmpfs?: readonly string[] | Readonly<Record<string, string>>
  /** Milliseconds that the service has to become ready; default 60 000. */
  readonly readyTimeoutMs?: number
  /**
   * Milliseconds between SIGTERM and SIGKILL. Default 2 000 for `stop` and `restart`, 0 for an env change, a reset
   * and the end of the run.
   */
  readonly stopTimeoutMs?: number
  /** Addresses by more host names that the service can look up: an IP address, or `host-gateway` for the engine's host. */
  readonly extraHosts?: Readonly<Record<string, string>>
  /** Labels of the container in addition to Mesocosm's own. */
  readonly labels?: Readonly<Record<string, string>>
  /** `lane`: one instance per lane; `run`: one for all lanes, whose data `tasks` keep apart. Default `lane`. */
  readonly share?: Share
  /** More host names on the lane's network in addition to the service's own. */
  readonly aliases?: readonly string[]
  /**
   * `true`: SDKs of OpenTelemetry in its program find an endpoint for spans and logs in their environment; what they send is
   * in the record of the run, under the test that caused it. Default what the topology says, else `false`.
   */
  readonly telemetry?: boolean
  /** Language of its program, to debug it; or a port of a debugger that it starts by itself. */
  readonly debug?: DebugKind | number | DebugSpec
  /**
   * How it runs as a process of this machine, instead of its container or without any container engine; or
   * `{ unsupported }`, why it cannot.
   */
  readonly local?: LocalDefinition | LocalUnsupported
  /** Programs that run in the service at fixed moments: the hooks setup, enter, baseline, reset, deepReset and leave. */
  readonly tasks?: TaskPlan
  /**
   * `true`: keeps the files as they are after the first start and `setup` as an image, and starts from that image
   * from then on. Files in volumes of the image are not kept. Default `false`.
   */
  readonly prebuild?: boolean
}

/** The keys of definitions in topologies and in plugins. `P` is the names of the service's ports. */
export interface CommonDefinition<P extends string = string> extends BasicDefinition {
  /**
   * Folder with a Dockerfile, or an object with build options. Built once per content.
   * Exactly one of `image`, `build` and `from`.
   */
  readonly build?: string | BuildDefinition
  /** Ports by name, `{ http: 3000 }`. The first one is the default of `host`, `port` and probes. */
  readonly ports?: Readonly<Record<string, number | PortDefinition>>
  /**
   * When the service is ready. Default: when the image's health check reports healthy; without one, when the first
   * port is open; without ports, when the program has started.
   */
  readonly ready?: Probe<P>
}

/** Service `K` among the services `S` of topology `N`. `P` is the names of its ports, `R` the outputs it can refer to. */
export interface PlainServiceDefinition<N, S, K extends keyof S, P extends string, R extends string>
  extends CommonDefinition<P> {
  /** Environment variables. One that is `undefined` is not set; `withEnv` can set it. */
  readonly env?: {
    readonly [E in keyof Generated<N, K, 'env'>]?: EnvValue<R> | undefined
  } & Readonly<Record<string, EnvValue<R> | undefined>>
  /**
   * Services that must be ready before this one starts; references imply it. `{ db: 'started' | 'healthy' | 'completed' }`
   * chooses another condition.
   */
  readonly dependsOn?:
    | readonly Exclude<keyof S & string, K>[]
    | { readonly [D in Exclude<keyof S & string, K>]?: Condition }
  /** Named commands: functions that return argv, or `defineCommand(…)`. */
  readonly exec?: Readonly<Record<string, ArgvFunction | Command>>
  /**
   * How the service's own command-line tool is started in it, such as `['php', 'bin/console']`. Its commands can then
   * be called by name, `exec['app:create-admin']('a@b.c', { role: 'root' })`; `mesocosm gen` types them.
   */
  readonly cli?: readonly string[] | CliDefinition
  /** Folders with the service's code, relative to the topology's folder, for `mesocosm gen`; default the build context. */
  readonly sources?: string | readonly string[]
}

/** The keys of a plain service definition. */
export type ServiceKey = keyof PlainServiceDefinition<
  never,
  Record<string, never>,
  string,
  never,
  never
>
