import { MesocosmError } from '../errors/mesocosm-error.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { compileService } from './compile-service.ts'
import type { AnyTopology } from './topology.ts'

export interface CompileOptions {
  /**
   * Returns a service completed with what a testcontainers container (not started) brings.
   * Called only if a service is `from` such an instance.
   */
  readonly readContainer?: (container: object, declared: ServiceSpec) => Promise<ServiceSpec>
}

/**
 * A topology as plain data, ready to be sent to the supervisor. Nothing is checked: what has not
 * the expected shape is passed on, so that validation can list all faults at once.
 *
 * @throws {MesocosmError} `MODULE_UNREADABLE`, and what `readContainer` throws.
 */
export const compileTopology = async (
  topology: AnyTopology,
  options: CompileOptions = {},
): Promise<TopologySpec> => {
  const { name, root, definition } = topology
  const services: Readonly<Record<string, unknown>> = { ...definition.services }
  // One after the other: reading a container patches what all containers share.
  const compiled: [string, ServiceSpec][] = []
  for (const [service, node] of Object.entries(services))
    compiled.push([service, await withContainer(service, compileService(node, root), options)])
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
    message: `Service ${service} is made from a container object, which cannot be read here`,
    remedy:
      'Write it as data: `from: testcontainer<typeof import("…")>({ module, export, args, options })`.',
    facts: { service },
  })
}

/** A `GenericContainer`, whichever copy of testcontainers it comes from. */
const isContainer = (from: unknown): from is object =>
  typeof from === 'object' && from !== null && 'start' in from && typeof from.start === 'function'
