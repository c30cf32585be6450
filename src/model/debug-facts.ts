import type { DebugKind, DebugSources } from './service-spec.ts'

/** Where a debugger finds the program of a service. */
export interface DebugFacts {
  /** Lane of the service. */
  readonly lane: string
  /** Name of the service. */
  readonly service: string
  /** Language of the program; absent if its own environment or command starts the debugger. */
  readonly kind?: DebugKind
  /** Always 127.0.0.1. */
  readonly host: string
  /**
   * Port of this machine, the same for the life of the lane. A debugger connects to it; for PHP the IDE listens at it,
   * and Xdebug connects.
   */
  readonly port: number
  /** Its source files on this machine and in the service, where that is known. */
  readonly sources?: DebugSources
}
