import type { ServiceStatus } from './service-view.ts'

/** What a run reports to those who watch it. */
export type RunEvent =
  /** A service of a lane, or a shared server, changed its state. */
  | {
      readonly kind: 'service'
      /** Lane name; `run` for servers that lanes share. */
      readonly lane: string
      /** Name of the service. */
      readonly service: string
      /** State that it is in now. */
      readonly state: ServiceStatus
      /** Milliseconds that the change took; absent if it was not waited for. */
      readonly ms?: number
      /** More about the change, for people. */
      readonly detail?: string
    }
  /** One line of output of a pull or build. */
  | {
      readonly kind: 'image'
      /** Name of the service whose image it is. */
      readonly service: string
      /** The line without its line break. */
      readonly line: string
    }
  /** The engine warned of something about a service, such as a limit that has no effect; once per service and warning. */
  | {
      readonly kind: 'warning'
      /** Lane name; `run` for servers that lanes share. */
      readonly lane: string
      /** Name of the service. */
      readonly service: string
      /** The engine's words. */
      readonly line: string
    }
  /** A lane was leased, released, reset, kept for a failed test or removed. */
  | {
      readonly kind: 'lane'
      /** Lane name. */
      readonly lane: string
      /** What happened to it. */
      readonly state: 'leased' | 'released' | 'reset' | 'kept' | 'removed'
    }
