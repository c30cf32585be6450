import { MesocosmError } from '../errors/mesocosm-error.ts'
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
 * Compiles a topology to plain data, to be sent to the supervisor. Nothing is checked: malformed values
 * pass through, so that validation can report all faults at once.
 *
 * @throws {MesocosmError} `MODULE_UNREADABLE`, and what `readContainer` throws.
 */
export const compileTopology = async (
  topology: AnyTopology,
  options: CompileOptions = {},
): Promise<TopologySpec> => {
  const { name, root, definition } = topology
  const services: Readonly<Record<string, unknown>> = { ...definition.services }
  // Not in parallel: reading a container patches a prototype that all containers share.
  const compiled: [string, ServiceSpec][] = []
  for (const [service, written] of Object.entries(services))
    compiled.push([service, await withContainer(service, compileService(written, root), options)])
  return { name, root, services: Object.fromEntries(compiled) }
}

const withContainer = async (
  service: string,
  spec: ServiceSpec,
  { readContainer }: CompileOptions,
): Promise<ServiceSpec> => {
  const from: unknown = spec?.from
  if (!isContainer(from)) return spec
  if (readContainer !== undefined) return readContainer(from, spec)
  throw new MesocosmError({
    code: 'MODULE_UNREADABLE',
    message: `${service} is declared with a container object, which cannot be read here`,
    remedy:
      'declare it as data: `from: testcontainer<typeof import("…")>({ module, export, args, options })`',
    facts: { service },
  })
}

/** Recognizes the `GenericContainer` of every copy of testcontainers. */
const isContainer = (from: unknown): from is object =>
  typeof from === 'object' && from !== null && 'start' in from && typeof from.start === 'function'
