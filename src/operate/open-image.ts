import { randomBytes } from 'node:crypto'
import { compile } from '../client/lane/compile.ts'
import type { AnyTopology } from '../define/topology.ts'
import { attachSecondary } from '../errors/attach-secondary.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import { templateParts } from '../graph/references.ts'
import { containerSettings } from '../model/container-settings.ts'
import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { isRefPart, type Template } from '../model/template.ts'
import { openRuntime } from '../open/open-runtime.ts'
import { createLookup, resolveTemplate } from '../plan/outputs.ts'
import { label } from '../runtime/labels.ts'
import type { ExecOptions, Runtime } from '../runtime/runtime.ts'
import { assertKnown } from './known-service.ts'

/** A container of a service's image in which nothing runs by itself. Disposing it removes the container. */
export interface OpenImage extends AsyncDisposable {
  /**
   * Runs a program with the service's environment, user and working folder, and waits for it to end.
   *
   * @throws {ExecError} `EXEC_NOT_FOUND`, `EXEC_TIMEOUT`, `ABORTED`
   */
  run(request: ExecRequest, options?: ExecOptions): Promise<ExecResult>
}

/**
 * Opens the image of a service to look into it: without network, ports, mounts and entrypoint, and without the
 * services that its environment refers to. Nothing is built or pulled.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `SERVICE_UNKNOWN`, `ENGINE_NOT_FOUND`; `IMAGE_NOT_FOUND` when the
 * service was never started as it is now.
 */
export const openImage = async (topology: AnyTopology, service: string): Promise<OpenImage> => {
  const { validateTopology } = await import('../schema/validate.ts')
  const spec = validateTopology(await compile(topology))
  assertKnown([service], Object.keys(spec.services))
  const runtime = await openRuntime()
  let container: string | undefined
  const close = async () => {
    try {
      if (container !== undefined) await runtime.remove('container', container)
    } finally {
      await runtime[Symbol.asyncDispose]()
    }
  }
  try {
    const { image, service: complete } = await existingImage(runtime, spec, service)
    const id = await createIdle(runtime, spec, service, complete, image)
    container = id
    await runtime.start(id)
    return {
      run: (request, options) => runtime.exec(id, request, options),
      [Symbol.asyncDispose]: close,
    }
  } catch (error) {
    await close().catch((second: unknown) => attachSecondary(error, second))
    throw error
  }
}

// ---

const existingImage = async (
  runtime: Runtime,
  { name: topology, root, services }: TopologySpec,
  name: string,
) => {
  const { imageSource } = await import('../engine/image/resolve-service.ts')
  const spec = services[name] as ServiceSpec
  try {
    const source = await imageSource(runtime, { topology, root, name, spec })
    const { reference } = await runtime.image(
      source.request.kind === 'build'
        ? { ...source.request, existingOnly: true }
        : { kind: 'local', reference: source.request.reference },
    )
    return { image: reference, service: source.spec }
  } catch (error) {
    if (!isMesocosmError(error) || error.code !== 'IMAGE_NOT_FOUND') throw error
    throw new MesocosmError({
      code: 'IMAGE_NOT_FOUND',
      message: `the image of ${name} is missing: it was not ${spec.build === undefined ? 'pulled' : 'built from its current files'}`,
      remedy: `start the service once: \`mesocosm up ${name}\``,
      facts: { service: name, ...error.facts },
      cause: error,
    })
  }
}

const createIdle = async (
  runtime: Runtime,
  topology: TopologySpec,
  service: string,
  spec: ServiceSpec,
  image: string,
): Promise<string> => {
  const { ownIdentity, writeIdentity } = await import('../supervisor/owner-identity.ts')
  return runtime.create({
    name: `mesocosm-image-${randomBytes(6).toString('hex')}`,
    image,
    idle: true,
    // An owner, so that the container of a killed process counts as a leftover.
    labels: {
      [label.made]: '1',
      [label.owner]: writeIdentity(ownIdentity()),
      [label.topology]: topology.name,
      [label.service]: service,
    },
    network: { kind: 'none' },
    env: envOf(topology, service, spec),
    files: spec.files ?? [],
    ...(spec.user === undefined ? {} : { user: spec.user }),
    ...(spec.workdir === undefined ? {} : { workdir: spec.workdir }),
    ...(spec.tmpfs === undefined ? {} : { tmpfs: spec.tmpfs }),
    ...containerSettings(spec),
  })
}

/**
 * The environment without what refers to other services: they do not run, and a program that is given their
 * addresses waits for them. What only a started module knows is left out, too.
 */
const envOf = (topology: TopologySpec, service: string, spec: ServiceSpec) => {
  const services = { ...topology.services, [service]: spec }
  const lookup = createLookup({ services, view: 'inside', lane: { name: 'lane_1' } }, service)
  const known = Object.entries(spec.env ?? {}).flatMap(([key, template]) => {
    if (refersToOthers(template, service)) return []
    try {
      return [[key, resolveTemplate(template, lookup)]]
    } catch (error) {
      if (isMesocosmError(error)) return []
      throw error
    }
  })
  return Object.fromEntries(known) as Readonly<Record<string, string>>
}

const refersToOthers = (template: Template, self: string): boolean =>
  templateParts(template).some(
    (part) => isRefPart(part) && !['self', 'lane', self].includes(part.ref.split('.')[0] ?? ''),
  )
