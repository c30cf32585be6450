import { MesocosmError } from '../errors/mesocosm-error.ts'
import { readable, toData } from '../model/plain-data.ts'
import { isRecord } from '../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { compileService } from './compile-service.ts'
import type { AnyTopology } from './topology.ts'

/** Options of {@link compileTopology}. */
export interface CompileOptions {
  /**
   * Returns a service completed with what a testcontainers container (not started) brings.
   * Called only if a service is `from` such an instance.
   */
  readonly readContainer?: (container: object, declared: ServiceSpec) => Promise<ServiceSpec>
}

/**
 * Compiles a topology to plain data, to be sent to the supervisor. Nothing is checked: malformed values pass through,
 * and what JSON cannot carry becomes a mark, so that validation can report all faults at once.
 *
 * @throws {MesocosmError} `MODULE_UNREADABLE`, and what `readContainer` throws.
 */
export const compileTopology = async (
  topology: AnyTopology,
  options: CompileOptions = {},
): Promise<TopologySpec> => {
  const { name, root, definition } = topology
  const services: unknown = readable(() => definition.services)
  const telemetry: unknown = readable(() => definition.telemetry)
  const names = readable(() => (isRecord(services) ? Object.keys(services) : undefined))
  return toData({
    name,
    root,
    services: Array.isArray(names)
      ? await compileServices(services as Services, names, { root, telemetry, ...options })
      : (names ?? services),
  }) as TopologySpec
}

// ---

type Services = Readonly<Record<string, unknown>>

const compileServices = async (
  services: Services,
  names: readonly string[],
  {
    root,
    telemetry,
    ...options
  }: CompileOptions & {
    readonly root: string
    readonly telemetry: unknown
  },
): Promise<unknown> => {
  // Not in parallel: reading a container patches a prototype that all containers share.
  const compiled: [string, unknown][] = []
  for (const service of names) {
    const found = readable(() => {
      const spec = watched(compileService(services[service], root), telemetry)
      return { spec, container: containerOf(spec) }
    })
    if (!('spec' in found)) compiled.push([service, found])
    // Never returned from an async function: a malformed definition may look like a promise.
    else if (found.container === undefined) compiled.push([service, toData(found.spec)])
    else compiled.push([service, await read(service, found.container, found.spec, options)])
  }
  return Object.fromEntries(compiled)
}

/** Plugins declare servers that send nothing, unless they say so. What is not a boolean is reported as such. */
const watched = (spec: ServiceSpec, telemetry: unknown): ServiceSpec =>
  telemetry === undefined ||
  !isRecord(spec) ||
  spec.telemetry !== undefined ||
  spec.kind !== undefined ||
  spec.endpoint !== undefined
    ? spec
    : { ...spec, telemetry: telemetry as boolean }

const read = (
  service: string,
  container: object,
  spec: ServiceSpec,
  { readContainer }: CompileOptions,
): Promise<ServiceSpec> => {
  if (readContainer !== undefined) return readContainer(container, spec)
  throw new MesocosmError({
    code: 'MODULE_UNREADABLE',
    message: `${service} is declared with a container object, which cannot be read here`,
    remedy:
      'declare it as data: `from: testcontainer<typeof import("…")>({ module, export, args, options })`',
    facts: { service },
  })
}

/** Recognizes the `GenericContainer` of every copy of testcontainers. */
const containerOf = (spec: ServiceSpec): object | undefined => {
  const from: unknown = spec?.from
  return typeof from === 'object' &&
    from !== null &&
    'start' in from &&
    typeof from.start === 'function'
    ? from
    : undefined
}
