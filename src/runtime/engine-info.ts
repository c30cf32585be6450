/** Facts about an engine. */
export interface EngineInfo {
  /** Name that the engine gives itself, usually its host name. */
  readonly name: string
  /** Version of the engine. */
  readonly version: string
  /** Version of its API. */
  readonly apiVersion: string
  /** As in image names: `amd64`, `arm64`. */
  readonly architecture: string
  /** Number of CPUs of the engine's host. */
  readonly cpus: number
  /** Memory of the engine's host. */
  readonly memoryBytes: number
  /** Address of the engine, such as `unix:///var/run/docker.sock`. */
  readonly endpoint: string
  /** What named that address, such as `DOCKER_HOST`. */
  readonly foundBy: string
  /** Host name or address under which published ports answer. */
  readonly host: string
  /** Whether this process can reach containers by their own addresses (native Linux). */
  readonly directRoute: boolean
  /** Whether this process runs in a container of this engine: the engine outlives every process that it can start. */
  readonly outside?: boolean
  /** Whether it runs without root: user 0 of a container is then the user of the engine. */
  readonly rootless?: boolean
  /** Whether it has no containers: every service runs as a process of this machine. */
  readonly processes?: boolean
}
