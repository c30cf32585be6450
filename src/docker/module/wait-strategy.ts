import type { ProbeSpec } from '../../model/probe.ts'
import { type Foreign, foreign, isForeign, list, number, present, text, texts } from './foreign.ts'

/** What a probe needs to know of its container. */
export interface ProbeSurroundings {
  /** Returns the name of the port with this number. */
  readonly portName: (port: number) => string | undefined
  /** Names of TCP ports. */
  readonly tcpPorts: readonly string[]
  /** `withHealthCheck` of the container; the image's own otherwise. */
  readonly healthCheck: unknown
}

/**
 * Returns a testcontainers wait strategy, recognised by its fields, as a probe; `undefined` when there is nothing to
 * wait for. An unknown strategy becomes a connection to the first port.
 */
export const probeOf = async (
  strategy: unknown,
  around: ProbeSurroundings,
): Promise<ProbeSpec | undefined> => {
  const fields = foreign(strategy)
  const kind = isForeign(strategy) ? (strategy.constructor as { name?: string })?.name : undefined
  if (Array.isArray(fields.waitStrategies)) return allOf(fields.waitStrategies, around)
  if ('message' in fields && 'times' in fields) return logProbe(fields)
  if ('path' in fields && 'predicates' in fields) return httpProbe(fields, around)
  if (typeof fields.command === 'string') {
    return { kind: 'exec', argv: ['/bin/sh', '-c', fields.command], intervalMs: execIntervalMs }
  }
  if (kind === 'HealthCheckWaitStrategy') return healthProbe(around.healthCheck)
  if (kind === 'OneShotStartupCheckStrategy') return undefined
  if (kind === 'HostPortWaitStrategy') return portsProbe(around.tcpPorts)
  return portsProbe(around.tcpPorts.slice(0, 1))
}

/** Returns the probe of a container without a wait strategy, as testcontainers decides it. */
export const defaultProbe = (around: ProbeSurroundings): ProbeSpec | undefined =>
  around.healthCheck === undefined ? undefined : healthProbe(around.healthCheck)

// ---

// An exec takes 50 ms of a core.
const execIntervalMs = 100

const allOf = async (
  strategies: readonly unknown[],
  around: ProbeSurroundings,
): Promise<ProbeSpec | undefined> => {
  const probes = (
    await Promise.all(strategies.map((strategy) => probeOf(strategy, around)))
  ).filter((probe) => probe !== undefined)
  return probes.length > 1 ? { kind: 'all', probes } : probes[0]
}

const logProbe = (fields: Foreign): ProbeSpec => {
  const { message } = fields
  const times = number(fields.times)
  const often = times === undefined || times === 1 ? {} : { times }
  return message instanceof RegExp
    ? { kind: 'log', pattern: message.source, flags: message.flags, ...often }
    : { kind: 'log', pattern: String(message), ...often }
}

const portsProbe = (ports: readonly string[]): ProbeSpec | undefined => {
  const probes = ports.map((port) => ({ kind: 'tcp', port }) as const)
  return probes.length > 1 ? { kind: 'all', probes } : probes[0]
}

const healthProbe = (healthCheck: unknown): ProbeSpec => {
  const [how, ...rest] = texts(foreign(healthCheck).test) ?? []
  if (how === 'CMD') return { kind: 'exec', argv: rest, intervalMs: execIntervalMs }
  if (how === 'CMD-SHELL') {
    return { kind: 'exec', argv: ['/bin/sh', '-c', rest.join(' ')], intervalMs: execIntervalMs }
  }
  return { kind: 'healthcheck' }
}

const httpProbe = async (fields: Foreign, around: ProbeSurroundings): Promise<ProbeSpec> => {
  const method = text(fields.method)
  const headers = Object.entries(foreign(fields.headers))
  return present({
    kind: 'http' as const,
    path: text(fields.path) ?? '/',
    port: around.portName(Number.parseInt(String(fields.port), 10)),
    method: method === 'GET' ? undefined : method,
    status: await onlyStatus(list(fields.predicates)),
    headers:
      headers.length === 0
        ? undefined
        : Object.fromEntries(headers.map(([key, value]) => [key, String(value)])),
    tls: fields.protocol === 'https' ? true : undefined,
  })
}

/**
 * Conditions on the response are functions. Called with every status, they show the one they accept; for conditions
 * that accept several, or need more than a status, the default of the probe is used.
 */
const onlyStatus = async (predicates: readonly unknown[]): Promise<number | undefined> => {
  if (predicates.length === 0) return undefined
  const statuses = Array.from({ length: 500 }, (_, index) => index + 100)
  const accepted = await Promise.all(statuses.map((status) => accepts(predicates, status)))
  const found = statuses.filter((_, index) => accepted[index])
  return found.length === 1 ? found[0] : undefined
}

const accepts = async (predicates: readonly unknown[], status: number): Promise<boolean> => {
  const answer = {
    status,
    ok: status >= 200 && status < 300,
    headers: new Headers(),
    text: async () => '',
  }
  try {
    for (const predicate of predicates) {
      if (typeof predicate !== 'function' || !(await predicate(answer))) return false
    }
    return true
  } catch {
    // A condition on the body that throws for an empty one.
    return false
  }
}
