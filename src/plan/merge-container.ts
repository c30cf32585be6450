import type { ProbeSpec } from '../model/probe.ts'
import type { PortSpec, ServiceSpec } from '../model/service-spec.ts'

/**
 * Returns a declared service completed with what was read from a testcontainers container. Declared keys win;
 * environment, labels, tmpfs and ports win key by key, files and mounts are added.
 * A declared port renames the port that was read with the same number.
 */
export const mergeContainer = (declared: ServiceSpec, read: Partial<ServiceSpec>): ServiceSpec => {
  const { from: _container, ...rest } = declared
  const names = portNames(declared.ports ?? {}, read.ports ?? {})
  const ready = rest.ready ?? (read.ready === undefined ? undefined : renamed(read.ready, names))
  return {
    ...read,
    ...rest,
    ...merged('env', declared, read),
    ...merged('labels', declared, read),
    ...merged('tmpfs', declared, read),
    ...joined('files', declared, read),
    ...joined('mounts', declared, read),
    ...(declared.ports === undefined && read.ports === undefined
      ? {}
      : { ports: mergedPorts(declared.ports ?? {}, read.ports ?? {}, names) }),
    ...(ready === undefined ? {} : { ready }),
  }
}

type Ports = Readonly<Record<string, PortSpec>>

/** Declared port name by the name that was read. */
const portNames = (declared: Ports, read: Ports): ReadonlyMap<string, string> =>
  new Map(
    Object.entries(read).flatMap(([name, { port, protocol = 'tcp' }]) => {
      const same = Object.entries(declared).find(
        ([, other]) => other.port === port && (other.protocol ?? 'tcp') === protocol,
      )
      return same === undefined ? [] : [[name, same[0]] as const]
    }),
  )

const mergedPorts = (declared: Ports, read: Ports, names: ReadonlyMap<string, string>): Ports => ({
  ...declared,
  ...Object.fromEntries(
    Object.entries(read).filter(([name]) => !names.has(name) && !Object.hasOwn(declared, name)),
  ),
})

const renamed = (probe: ProbeSpec, names: ReadonlyMap<string, string>): ProbeSpec => {
  if (probe.kind === 'all') return { ...probe, probes: probe.probes.map((p) => renamed(p, names)) }
  const name = 'port' in probe && probe.port !== undefined ? names.get(probe.port) : undefined
  return name === undefined ? probe : ({ ...probe, port: name } as ProbeSpec)
}

const merged = (
  key: 'env' | 'labels' | 'tmpfs',
  declared: ServiceSpec,
  read: Partial<ServiceSpec>,
) =>
  declared[key] === undefined && read[key] === undefined
    ? {}
    : { [key]: { ...read[key], ...declared[key] } }

const joined = (key: 'files' | 'mounts', declared: ServiceSpec, read: Partial<ServiceSpec>) =>
  declared[key] === undefined && read[key] === undefined
    ? {}
    : { [key]: [...(read[key] ?? []), ...(declared[key] ?? [])] }
