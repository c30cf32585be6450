import { MesocosmError } from '../errors/mesocosm-error.ts'
import { didYouMean } from '../errors/nearest.ts'
import { outputNames, refParts, splitRef, templateParts, templates } from '../graph/references.ts'
import type { Address, Outputs, View } from '../model/endpoint.ts'
import { own } from '../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { isRefPart, isSecretPart, type Template } from '../model/template.ts'

/** Returns the value of `<service>.<output>`, `self.<output>` or `lane.name`. */
export type Lookup = (ref: string) => string

/**
 * Returns the address at which `from` reaches a port of `to`; `undefined` for an unknown one. Provided by what runs
 * the services, for example for a relay between two of them or for allocated ports.
 *
 * @param from name of the service that connects; `undefined` for the test.
 * @param to name of the service that listens.
 * @param port name of its port.
 */
export type AddressOf = (from: string | undefined, to: string, port: string) => Address | undefined

/** What references are resolved against. */
export interface OutputsContext {
  /** All services that references may name. */
  readonly services: Readonly<Record<string, ServiceSpec>>
  /** Whether the values are for another service (`inside`) or the test. */
  readonly view: View
  /** `name` is a safe identifier such as `lane_1`; `undefined` outside of a lane. */
  readonly lane: { readonly name: string } | undefined
  /** Finds addresses; the `inside` view defaults to service name and container port. */
  readonly addressOf?: AddressOf
}

/**
 * Returns all outputs of one service: for the test, or as the service itself sees them. Outputs with an unknown
 * address are left out.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID` for an unknown name or a cycle.
 */
export const outputsOf = (context: OutputsContext, service: string): Outputs => {
  const read = createReader(context, context.view === 'test' ? undefined : service)
  const found: Record<string, string> = {}
  for (const output of outputNames(own(context.services, service) ?? {})) {
    const value = knownOrUndefined(() => read.known(service, output))
    if (value !== undefined) found[output] = value
  }
  return found
}

/**
 * Creates a lookup for the templates of one service, which is `self`, and from which addresses are seen.
 * The lookup throws `TOPOLOGY_INVALID` for an unknown name or a cycle, `SERVICE_NOT_STARTED` for an unknown address.
 */
export const createLookup = (context: OutputsContext, self: string): Lookup =>
  createReader(context, context.view === 'test' ? undefined : self).lookup(self)

/** Returns a template as a string. */
export const resolveTemplate = (template: Template, lookup: Lookup): string =>
  templateParts(template)
    .map((part) =>
      isRefPart(part) ? lookup(part.ref) : isSecretPart(part) ? part.secret : String(part),
    )
    .join('')

/** Returns the declared environment of a service with all values filled in. */
export const resolveEnv = (
  spec: Pick<TopologySpec, 'services'>,
  service: string,
  lookup: Lookup,
): Record<string, string> =>
  Object.fromEntries(
    Object.entries(own(spec.services, service)?.env ?? {}).map(([key, template]) => [
      key,
      resolveTemplate(template, lookup),
    ]),
  )

/** Returns every secret of a topology once, longest first, so that replacing one leaves no part of another. */
export const secretsOf = (spec: Pick<TopologySpec, 'services'>): string[] => {
  const services = Object.values(spec.services)
  const parts = services
    .flatMap(templates)
    .flatMap(({ template }): readonly unknown[] => templateParts(template))
  const found = [...parts, ...services.flatMap(buildSecrets)].flatMap((part) =>
    isSecretPart(part) && part.secret !== '' ? [part.secret] : [],
  )
  return [...new Set(found)].sort((a, b) => b.length - a.length)
}

// ---

const buildSecrets = ({ build, tasks }: ServiceSpec): readonly unknown[] =>
  [build, ...(tasks?.setup ?? []).map(({ container }) => container?.build)].flatMap((one) =>
    Object.values(one?.secrets ?? {}),
  )

/** A declared output that refers to an unknown address is unknown as well. */
const knownOrUndefined = (read: () => string | undefined): string | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof MesocosmError && error.code === 'SERVICE_NOT_STARTED') return undefined
    throw error
  }
}

/** @param from the service whose view is used, even if outputs of one service refer to another. */
const createReader = (context: OutputsContext, from: string | undefined) => {
  const values = new Map<string, string>()
  const open: string[] = []
  let settling = false

  const lookup =
    (self: string): Lookup =>
    (ref) => {
      const target = splitRef(ref)
      if (target === undefined) {
        throw invalid(`"${ref}" in ${self} is not a reference`, 'write "<service>.<output>"')
      }
      if (target.service === 'lane' && target.output === 'name') {
        if (context.lane !== undefined) return context.lane.name
        throw invalid(`"lane.name" in ${self} has no value outside of a lane`)
      }
      const service = target.service === 'self' ? self : target.service
      const value = known(service, target.output)
      if (value !== undefined) return value
      throw new MesocosmError({
        code: 'SERVICE_NOT_STARTED',
        message: `"${service}.${target.output}" is unknown: ${service} has no such address in the ${context.view} view`,
        remedy: `start ${service} first and declare the port it listens on`,
        facts: { service, output: target.output },
      })
    }

  const known = (service: string, output: string): string | undefined => {
    const key = `${service}.${output}`
    const value = values.get(key)
    if (value !== undefined) return value
    const spec = own(context.services, service)
    if (spec === undefined) {
      const guess = didYouMean(service, Object.keys(context.services))
      throw invalid(`unknown service "${service}" in "${key}"${guess}`)
    }
    const template = own(spec.outputs, output)
    // An output may override a built-in one and refer to it.
    if (template === undefined || open.at(-1) === key) return builtIn(service, spec, output)
    if (open.length === 0) settleRefs(service, output, template)
    if (open.includes(key)) {
      throw invalid(`outputs refer to each other in a cycle: ${[...open, key].join(' → ')}`)
    }
    open.push(key)
    try {
      const made = resolveTemplate(template, lookup(service))
      values.set(key, made)
      return made
    } finally {
      open.pop()
    }
  }

  /** Resolves what an output refers to, deepest first: a chain of outputs may be longer than the stack is deep. */
  const settleRefs = (service: string, output: string, template: Template): void => {
    if (settling) return
    settling = true
    const seen = new Set([`${service}.${output}`])
    const path = [{ service, output, refs: refsOf(template) }]
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const ref = top.refs.pop()
      const target = ref === undefined ? undefined : splitRef(ref)
      if (ref === undefined) {
        path.pop()
        if (path.length > 0 && !isSettled(top.service, top.output)) break
      } else if (target !== undefined) {
        const next = target.service === 'self' ? top.service : target.service
        const inner = own(own(context.services, next)?.outputs, target.output)
        const key = `${next}.${target.output}`
        if (inner === undefined || seen.has(key)) continue
        seen.add(key)
        path.push({ service: next, output: target.output, refs: refsOf(inner) })
      }
    }
    settling = false
  }

  /** What cannot be resolved is reported by the output that refers to it, with the whole way to it. */
  const isSettled = (service: string, output: string): boolean => {
    try {
      known(service, output)
      return true
    } catch {
      return false
    }
  }

  const builtIn = (service: string, spec: ServiceSpec, output: string): string | undefined => {
    const inside = context.view === 'inside'
    const portNames = Object.keys(spec.ports ?? {})
    const [portName, fact] = output.includes('.')
      ? [output.slice(0, output.lastIndexOf('.')), output.slice(output.lastIndexOf('.') + 1)]
      : [portNames[0], output]
    if (inside && output === 'host' && portName === undefined) return service
    if (!outputNames({ ports: spec.ports ?? {} }).includes(output)) {
      const names = outputNames(spec)
      const guess = didYouMean(output, names)
      throw invalid(
        `unknown output "${service}.${output}"${guess}`,
        `${service} offers ${names.join(', ')}`,
      )
    }
    const port = portName === undefined ? undefined : own(spec.ports, portName)
    if (portName === undefined || port === undefined) return undefined
    const address =
      context.addressOf?.(from, service, portName) ??
      (inside ? { host: service, port: port.port } : undefined)
    if (address === undefined) return undefined
    if (fact === 'host') return address.host
    if (fact === 'port') return String(address.port)
    const host = address.host.includes(':') ? `[${address.host}]` : address.host
    return `${port.scheme}://${host}:${address.port}`
  }

  return { lookup, known }
}

/** The references of a template, the first one last. */
const refsOf = (template: Template): string[] =>
  refParts(template)
    .map(({ ref }) => ref)
    .reverse()

const invalid = (message: string, remedy?: string): MesocosmError =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message,
    ...(remedy === undefined ? {} : { remedy }),
  })
