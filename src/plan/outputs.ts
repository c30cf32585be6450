import { MesocosmError } from '../errors/mesocosm-error.ts'
import { didYouMean } from '../errors/nearest.ts'
import { outputNames, splitRef, templateParts, templates } from '../graph/references.ts'
import type { Address, Outputs, View } from '../model/endpoint.ts'
import { own } from '../model/record.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { isRefPart, isSecretPart, type Template } from '../model/template.ts'

/** Gives the value of `<service>.<output>`, `self.<output>` or `lane.name`. */
export type Lookup = (ref: string) => string

export interface OutputsContext {
  readonly services: Readonly<Record<string, ServiceSpec>>
  readonly view: View
  /** `name` is a safe identifier such as `lane_1`; `undefined` where no lane is known. */
  readonly lane: { readonly name: string } | undefined
  /** Where a service's port answers. The inside view knows it without: service name and container port. */
  readonly addressOf?: (service: string, port: string) => Address | undefined
}

/**
 * All outputs of one service as one view sees them. An address that is not known leaves its outputs out.
 *
 * @param addresses by port name; in the `inside` view only what differs from service name and container port.
 * @param others the whole topology's services, where declared outputs refer to other services.
 * @param addressOf their addresses, for the `test` view.
 * @throws {MesocosmError} `TOPOLOGY_INVALID` for an unknown name or a cycle, `SERVICE_NOT_STARTED` for an unknown address.
 */
export const outputsOf = (
  service: string,
  spec: ServiceSpec,
  view: View,
  addresses: Readonly<Record<string, Address>>,
  lane: { readonly name: string } | undefined,
  others: Readonly<Record<string, ServiceSpec>> = {},
  addressOf?: OutputsContext['addressOf'],
): Outputs => {
  const read = createReader({
    services: { ...others, [service]: spec },
    view,
    lane,
    addressOf: (name, port) => (name === service ? own(addresses, port) : addressOf?.(name, port)),
  })
  const found: Record<string, string> = {}
  for (const output of outputNames(spec)) {
    const value = knownOrUndefined(() => read.known(service, output))
    if (value !== undefined) found[output] = value
  }
  return found
}

/** Looks values up for the templates of one service, which is `self`. Throws as `outputsOf` does. */
export const createLookup = (context: OutputsContext, self: string): Lookup =>
  createReader(context).lookup(self)

export const resolveTemplate = (template: Template, lookup: Lookup): string =>
  templateParts(template)
    .map((part) =>
      isRefPart(part) ? lookup(part.ref) : isSecretPart(part) ? part.secret : String(part),
    )
    .join('')

/** The declared environment of a service with all values filled in, as text. */
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

/** Every secret of a topology once, longest first, so that replacing one leaves no piece of another. */
export const secretsOf = (spec: Pick<TopologySpec, 'services'>): string[] => {
  const found = Object.values(spec.services)
    .flatMap(templates)
    .flatMap(({ template }) => templateParts(template))
    .flatMap((part) => (isSecretPart(part) && part.secret !== '' ? [part.secret] : []))
  return [...new Set(found)].sort((a, b) => b.length - a.length)
}

// ---

/** A declared output that is made from an address nobody knows yet is as unknown as the address. */
const knownOrUndefined = (read: () => string | undefined): string | undefined => {
  try {
    return read()
  } catch (error) {
    if (error instanceof MesocosmError && error.code === 'SERVICE_NOT_STARTED') return undefined
    throw error
  }
}

const createReader = (context: OutputsContext) => {
  const values = new Map<string, string>()
  const open: string[] = []

  const lookup =
    (self: string): Lookup =>
    (ref) => {
      const target = splitRef(ref)
      if (target === undefined) {
        throw invalid(`"${ref}" in ${self} is no reference`, 'write "<service>.<output>"')
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
        message: `"${service}.${target.output}" is not known: ${service} has no such address in the ${context.view} view`,
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
    // An output may be declared on top of a built-in one and be made from it.
    if (template === undefined || open.at(-1) === key) return builtIn(service, spec, output)
    if (open.includes(key)) {
      throw invalid(`outputs refer to each other in a circle: ${[...open, key].join(' → ')}`)
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
      context.addressOf?.(service, portName) ??
      (inside ? { host: service, port: port.port } : undefined)
    if (address === undefined) return undefined
    if (fact === 'host') return address.host
    if (fact === 'port') return String(address.port)
    const host = address.host.includes(':') ? `[${address.host}]` : address.host
    return `${port.scheme}://${host}:${address.port}`
  }

  return { lookup, known }
}

const invalid = (message: string, remedy?: string): MesocosmError =>
  new MesocosmError({
    code: 'TOPOLOGY_INVALID',
    message,
    ...(remedy === undefined ? {} : { remedy }),
  })
