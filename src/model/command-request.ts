/** A command to run in a container on the network of a lane. */
export interface CommandRequest {
  /** Image to run. Exactly one of `image` and `service`. */
  readonly image?: string
  /** Declared service whose image, files, mounts and environment it has. Exactly one of `image` and `service`. */
  readonly service?: string
  /** Arguments for the image's entrypoint. */
  readonly argv: readonly string[]
  /** `uid:gid` that it runs as, so that what it writes belongs to its caller. */
  readonly user: string
  /** Working folder, absolute. */
  readonly cwd: string
  /** Folders of the caller that it sees at the same paths. */
  readonly folders: readonly string[]
  /** Variables in addition to the addresses of the lane's services; they win. */
  readonly env: Readonly<Record<string, string>>
  /** Whether it has a terminal; else three pipes. */
  readonly terminal: boolean
}

/** A container for a command, not started. */
export interface CommandContainer {
  /** Id on the engine. */
  readonly container: string
  /** Address of the engine. */
  readonly endpoint: string
}
