import type { ProbeSpec } from '../../model/probe.ts'
import { isLoopback, type Listener, readListeners } from './listeners.ts'
import { firstPort, type ProbeTarget } from './target.ts'

/** Why nothing reaches a service that runs. */
export interface Unreachable {
  /** Follows what was seen: `it listens on 127.0.0.1:80 only`. */
  readonly text: string
  readonly remedy: string
  /** Where it listens: `127.0.0.1:80`. */
  readonly listening: readonly string[]
}

/** How long a service that is not ready may take to show its sockets. */
const timeoutMs = 3_000

/**
 * Returns why no probe can reach a port of a service: it listens on its loopback address only, or on other ports.
 * `undefined` if it listens, or if its image has no `cat` to look with.
 */
export const whyUnreachable = async (
  spec: ProbeSpec,
  target: ProbeTarget,
): Promise<Unreachable | undefined> => {
  const ports = probedPorts(spec, target)
  if (ports.length === 0) return undefined
  const signal = AbortSignal.timeout(timeoutMs)
  // The service has failed already; that its sockets cannot be seen is not what failed.
  const listeners = await readListeners(target.runtime, target.container, signal).catch(
    () => undefined,
  )
  if (listeners === undefined) return undefined
  return ports.map((port) => reasonOf(port, listeners)).find((reason) => reason !== undefined)
}

// ---

const probedPorts = (spec: ProbeSpec, target: ProbeTarget): readonly number[] => {
  if (spec.kind === 'all') return spec.probes.flatMap((part) => probedPorts(part, target))
  if (spec.kind !== 'http' && spec.kind !== 'tcp') return []
  const name =
    spec.port ?? (spec.kind === 'http' && 'http' in target.ports ? 'http' : firstPort(target))
  const port = name === undefined ? undefined : target.ports[name]
  return port === undefined || port.protocol === 'udp' ? [] : [port.port]
}

const reasonOf = (port: number, listeners: readonly Listener[]): Unreachable | undefined => {
  const own = listeners.filter((listener) => listener.port === port)
  if (own.some((listener) => !isLoopback(listener))) return undefined
  const [loopback] = own
  const listening = [...new Set(listeners.map(textOf))]
  if (loopback !== undefined)
    return {
      text: `it listens on ${textOf(loopback)} only, which nothing outside of it reaches`,
      remedy: `make it listen on 0.0.0.0:${port} instead of ${textOf(loopback)}`,
      listening,
    }
  const others = [...new Set(listeners.map((listener) => listener.port))].sort((a, b) => a - b)
  return others.length === 0
    ? {
        text: `it listens on no port, and not on ${port}`,
        remedy: `make it listen on 0.0.0.0:${port}`,
        listening,
      }
    : {
        text: `it listens on ${others.join(', ')}, not on ${port}`,
        remedy: `declare port ${others.join(' or ')}, or make it listen on ${port}`,
        listening,
      }
}

const textOf = ({ host, port }: Listener): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
