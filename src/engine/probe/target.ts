import type { Address } from '../../model/endpoint.ts'
import type { PortSpec } from '../../model/service-spec.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { ServiceLog } from '../logs/service-log.ts'

/** What a probe can check. */
export interface ProbeTarget {
  readonly runtime: Runtime
  readonly container: string
  readonly ports: Readonly<Record<string, PortSpec>>
  /** Returns the address at which the port is published; `undefined` if it is not. */
  published(port: string): Address | undefined
  /** Returns the container's own address of the port; `undefined` if this process has no route to it. */
  direct(port: string): Address | undefined
  /**
   * Returns why an answer from outside may not be the service's own; `undefined` if it is. A port of a sandbox that
   * another process has removed or disconnected may belong to a stranger.
   */
  lost(): Promise<string | undefined>
  readonly log: ServiceLog
}

/** Result of one look: ready, or what was seen instead. */
export type Look = { readonly ready: true } | { readonly ready: false; readonly seen: string }

/** The result of a look that found the service ready. */
export const ready: Look = { ready: true }
/** Returns the result of a look that found the service not ready. */
export const notYet = (seen: string): Look => ({ ready: false, seen })

/** A check that can be repeated. */
export interface Probe {
  /** What is awaited, for errors: `GET /health on http`. */
  readonly awaited: string
  /** Milliseconds between two looks; 0 when only log lines and events start the next one. */
  readonly intervalMs: number
  /** Log lines and engine events start the next look early. */
  readonly wakes?: boolean
  look(signal: AbortSignal): Promise<Look>
}

/** Returns the name of the first declared port. */
export const firstPort = (target: ProbeTarget): string | undefined => Object.keys(target.ports)[0]
