/*
 * The parts of the Engine API's responses that are read here, named after the endpoints. Field names are Docker's.
 */

/** `GET /version` */
export interface VersionJson {
  readonly Version: string
  readonly ApiVersion: string
  readonly Os?: string
  readonly Arch: string
}

/** `GET /info` */
export interface InfoJson {
  readonly Name: string
  readonly NCPU: number
  readonly MemTotal: number
  readonly OperatingSystem: string
  /** Folder of the engine's data. */
  readonly DockerRootDir?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly IndexServerAddress?: string
}

/** `GET /images/{name}/json` */
export interface ImageJson {
  readonly Id: string
  /** Not Podman. */
  readonly Metadata?: { readonly LastTagTime?: string } | null
  readonly Config?: {
    readonly Env?: readonly string[] | null
    readonly Healthcheck?: { readonly Test?: readonly string[] | null } | null
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null
    readonly Labels?: Readonly<Record<string, string>> | null
    readonly OnBuild?: readonly string[] | null
  } | null
}

/** `POST /containers/create` */
export interface CreatedJson {
  readonly Id: string
  readonly Warnings?: readonly string[] | null
}

/** `GET /containers/{id}/json` */
export interface ContainerJson {
  readonly Id: string
  readonly Name: string
  readonly State: {
    readonly Status: string
    readonly ExitCode: number
    readonly OOMKilled: boolean
    /** RFC 3339 with nanoseconds; year 1 before the first start. */
    readonly StartedAt: string
    /** When the last start but the current one ended; year 1 before the first end. */
    readonly FinishedAt: string
    readonly Health?: { readonly Status: string } | null
  }
  /** Id of its image. */
  readonly Image: string
  readonly Config: {
    readonly Env?: readonly string[] | null
    readonly Labels?: Readonly<Record<string, string>> | null
  }
  readonly HostConfig?: { readonly NetworkMode?: string } | null
  readonly NetworkSettings: {
    readonly Networks?: Readonly<
      Record<string, { readonly NetworkID: string; readonly IPAddress: string }>
    > | null
    readonly Ports?: Readonly<
      Record<string, readonly { readonly HostPort: string }[] | null>
    > | null
  }
}

/** One container of `GET /containers/json`. */
export interface ContainerRowJson {
  readonly Id: string
  readonly Names: readonly string[]
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly State: string
  readonly ImageID: string
  /** Seconds since 1970. */
  readonly Created: number
}

/** One image of `GET /images/json`. */
export interface ImageRowJson {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  /** Seconds since 1970. */
  readonly Created: number
  readonly Size: number
}

/** `GET /networks/{id}`, and one network of `GET /networks`. */
export interface NetworkJson {
  readonly Id: string
  readonly Name: string
  readonly Labels?: Readonly<Record<string, string>> | null
  readonly Containers?: Readonly<Record<string, unknown>> | null
  /** RFC 3339. */
  readonly Created?: string
}

/** `GET /volumes` */
export interface VolumesJson {
  readonly Volumes?:
    | readonly {
        readonly Name: string
        readonly Labels?: Readonly<Record<string, string>> | null
        /** RFC 3339. */
        readonly CreatedAt?: string
      }[]
    | null
}

/** One event of `GET /events`. */
export interface EventJson {
  readonly Type: string
  readonly Action: string
  /** Podman only: the result of a health check. */
  readonly HealthStatus?: string
  readonly Actor: { readonly ID: string; readonly Attributes: Readonly<Record<string, string>> }
  readonly timeNano: number
}

/** One line of a pull, import or build stream. */
export interface ProgressJson {
  readonly stream?: string
  readonly status?: string
  readonly id?: string
  readonly progress?: string
  readonly error?: string
  readonly errorDetail?: { readonly code?: number; readonly message?: string }
  /** Text in base64 with the id `moby.buildkit.trace`. */
  readonly aux?: { readonly ID?: string } | string
}

/** `GET /exec/{id}/json` */
export interface ExecJson {
  readonly Running: boolean
  readonly ExitCode: number | null
}
