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
  /** Now, RFC 3339 with nanoseconds. */
  readonly SystemTime?: string
  /** Folder of the engine's data. */
  readonly DockerRootDir?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly MemoryLimit?: boolean
  readonly CpuCfsQuota?: boolean
  readonly PidsLimit?: boolean
  readonly CgroupVersion?: string
  readonly IndexServerAddress?: string
}

/** `GET /images/{name}/json` */
export interface ImageJson {
  readonly Id: string
  readonly RepoDigests?: readonly string[] | null
  readonly Size?: number
  readonly Os?: string
  readonly Architecture?: string
  readonly Variant?: string
  /** Not Podman. */
  readonly Metadata?: { readonly LastTagTime?: string } | null
  readonly Config?: {
    readonly Env?: readonly string[] | null
    readonly Entrypoint?: readonly string[] | null
    readonly Cmd?: readonly string[] | null
    readonly WorkingDir?: string
    /** Not Podman. */
    readonly Healthcheck?: HealthcheckJson | null
    readonly ExposedPorts?: Readonly<Record<string, unknown>> | null
    readonly Labels?: Readonly<Record<string, string>> | null
    /** Not Podman. */
    readonly OnBuild?: readonly string[] | null
  } | null
}

/** Health check of an image or container. */
export interface HealthcheckJson {
  readonly Test?: readonly string[] | null
  /** Nanoseconds; 0 is the default. */
  readonly Interval?: number
}

/** `GET /libpod/images/{name}/json` of Podman's own API */
export interface LibpodImageJson {
  readonly Healthcheck?: HealthcheckJson | null
}

/** `GET /libpod/info` of Podman's own API */
export interface LibpodInfoJson {
  readonly host?: {
    readonly cgroupControllers?: readonly string[] | null
    readonly cgroupManager?: string
  }
}

/** `GET /distribution/{name}/json` */
export interface DistributionJson {
  readonly Descriptor: { readonly digest: string }
  readonly Platforms?:
    | readonly { readonly os?: string; readonly architecture?: string; readonly variant?: string }[]
    | null
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
    /** 0 if it does not run. */
    readonly Pid?: number
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
    readonly Healthcheck?: HealthcheckJson | null
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
  readonly IPAM?: { readonly Config?: readonly { readonly Subnet?: string }[] | null } | null
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
