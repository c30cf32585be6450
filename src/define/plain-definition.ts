import type { CliDefinition } from '../model/cli.ts'
import type {
  BuildSpec,
  Condition,
  DebugSpec,
  MountSpec,
  PortSpec,
  Share,
  TaskPlan,
} from '../model/service-spec.ts'
import type { ArgvFunction, Command } from './command.ts'
import type { EnvValue } from './env-value.ts'
import type { Probe } from './probes.ts'
import type { Generated } from './register.ts'
import type { ContainerLike, TestcontainersModule } from './testcontainer.ts'

export interface PortDefinition extends Omit<PortSpec, 'scheme'> {
  /** Scheme of the `<port>.url` output, without `://`. Default the port's name if it is a known scheme, else `http`. */
  readonly scheme?: string
}

/** About the build of an image; `context` is relative to the topology's folder. */
export type BuildDefinition = BuildSpec

export type FileDefinition = FileTarget &
  (
    | {
        /** Host file or folder, relative to the topology's folder. */
        readonly from: string
        readonly content?: never
      }
    | {
        /** Text instead of a host file. */
        readonly content: string
        readonly from?: never
      }
  )

interface FileTarget {
  /** Absolute path in the service. */
  readonly to: string
  /** Permission bits, as `0o644`. */
  readonly mode?: number
}

/** The keys with one form for everyone. Paths are relative to the topology's folder. */
export interface BasicDefinition {
  /** Image to run, pulled when it is not there. One of `image`, `build` and `from`. */
  readonly image?: string
  /** A testcontainers container: an instance (not started), or `testcontainer(…)` as data. One of `image`, `build` and `from`. */
  readonly from?: ContainerLike | TestcontainersModule
  /** The start command as in Compose: replaces the image's CMD. */
  readonly command?: readonly string[]
  /** Replaces the image's ENTRYPOINT. */
  readonly entrypoint?: readonly string[]
  /** User or `uid:gid` the program runs as; default the image's. */
  readonly user?: string
  /** Working folder of the program; default the image's. */
  readonly workdir?: string
  /** Copied in before the program starts. */
  readonly files?: readonly FileDefinition[]
  /** Host folders and files seen live in the service. */
  readonly mounts?: readonly MountSpec[]
  /** Folders in memory: their paths, or path → mount options such as `size=64m`. */
  readonly tmpfs?: readonly string[] | Readonly<Record<string, string>>
  /** Milliseconds to become ready; default 60 000. */
  readonly readyTimeoutMs?: number
  /** Milliseconds between SIGTERM and SIGKILL; default 2 000 for `stop` and `restart`, 0 for an env change, a reset and the end. */
  readonly stopTimeoutMs?: number
  /** Memory limit; default none. */
  readonly memoryMiB?: number
  /** Limit in whole or part CPUs; default none. */
  readonly cpus?: number
  /** Labels on the container besides Mesocosm's own. */
  readonly labels?: Readonly<Record<string, string>>
  /** `lane`: an instance for every lane; `run`: one for all lanes, which `tasks` keep apart. Default `lane`. */
  readonly share?: Share
  /** More names on the lane's network besides the service's own. */
  readonly aliases?: readonly string[]
  /** Port of the program's inspector. */
  readonly debug?: number | DebugSpec
  /** Programs run in the service at fixed moments of a lane's life. */
  readonly tasks?: TaskPlan
  /**
   * Keep the files as they are after the first start and `setup` as an image, and start from it from then on.
   * Files below a volume of the image are not kept. Default `false`.
   */
  readonly prebuild?: boolean
}

/** The keys that mean the same in a topology and in a plugin. `P` are the names of the service's ports. */
export interface CommonDefinition<P extends string = string> extends BasicDefinition {
  /** Folder with a Dockerfile, or more about the build; built once per content. One of `image`, `build` and `from`. */
  readonly build?: string | BuildDefinition
  /** Ports by name, `{ http: 3000 }`; the first is the default of `host`, `port` and probes. */
  readonly ports?: Readonly<Record<string, number | PortDefinition>>
  /** What must hold before it counts as ready. Default: the image's health check, else a listening first port, else started. */
  readonly ready?: Probe<P>
}

/** Service `K` among the services `S` of topology `N`, as users write it. `P` are its ports, `R` the outputs it can refer to. */
export interface PlainServiceDefinition<N, S, K extends keyof S, P extends string, R extends string>
  extends CommonDefinition<P> {
  /** Environment variables; one that is `undefined` is not set, but `withEnv` can set it. */
  readonly env?: {
    readonly [E in keyof Generated<N, K, 'env'>]?: EnvValue<R> | undefined
  } & Readonly<Record<string, EnvValue<R> | undefined>>
  /** Services to start before; refs imply `healthy`. `{ db: 'started' | 'healthy' | 'completed' }` says how far. */
  readonly dependsOn?:
    | readonly Exclude<keyof S & string, K>[]
    | { readonly [D in Exclude<keyof S & string, K>]?: Condition }
  /** Named commands: functions that return argv, or `defineCommand(…)`. */
  readonly exec?: Readonly<Record<string, ArgvFunction | Command>>
  /**
   * How the service's own command-line tool is started in it, as `['php', 'bin/console']`: its commands are then
   * called by their names, `exec['app:create-admin']('a@b.c', { role: 'root' })`, and typed by `mesocosm gen`.
   */
  readonly cli?: readonly string[] | CliDefinition
  /** Folders whose code runs in the service, relative to the topology's folder, for `mesocosm gen`; default the build context. */
  readonly sources?: string | readonly string[]
}

export type ServiceKey = keyof PlainServiceDefinition<
  never,
  Record<string, never>,
  string,
  never,
  never
>
