/** A life-cycle event; `timeMs` counts from 1970. */
export type RuntimeEvent =
  | (ContainerMoment & {
      /** What happened to the container. */
      readonly kind: 'started' | 'paused' | 'unpaused' | 'removed' | 'out-of-memory'
    })
  | (ContainerMoment & {
      readonly kind: 'exited'
      /** 128 and the number of the signal that ended it, or its own code; 137 if the engine no longer knows it. */
      readonly exitCode: number
    })
  /** A result of the image's health check; engines may repeat it for every check. */
  | (ContainerMoment & {
      readonly kind: 'health'
      /** Whether the check succeeded. */
      readonly healthy: boolean
    })
  /** The engine stopped answering and did not come back; no further events come. */
  | {
      readonly kind: 'engine-gone'
      /** The engine's last answer, or the fault of the connection. */
      readonly reason: string
      /** When it was noticed. */
      readonly timeMs: number
    }

/** Which container an event is about, and when it happened. */
export interface ContainerMoment {
  /** Id of the container. */
  readonly container: string
  /** Milliseconds since 1970, by the engine's clock. */
  readonly timeMs: number
}
