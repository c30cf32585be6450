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
import type { ExecOptions } from '../runtime/running-program.ts'
import type { Runtime } from '../runtime/runtime.ts'
import { assertKnown } from './known-service.ts'

/** A container of a service's image in which nothing runs by itself. Disposing it removes the container. */
export interface OpenImage extends AsyncDisposable {
  /**
   * Runs a program with the service's environment, user and working folder, and waits for it to end.
   *
   * @throws {ExecError} `EXEC_NOT_FOUND`, `EXEC_TIMEOUT`, `ABORTED`
   */
  run(request: ExecRequest, options?: ExecOptions): Promise<ExecResult>
  /**
   * The variables that refer to other services, with addresses as in a lane, where nothing answers here. They are not
   * set unless a request passes them: a program that has them may try to connect.
   */
  readonly references: Readonly<Record<string, string>>
}

/**
 * Opens the image of a service to look into it: without network, ports, mounts and entrypoint, and without the
 * services that its environment refers to, see `references`. Nothing is built or pulled.
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
    const { own, references } = envOf(spec, service, complete)
    const id = await createIdle(runtime, spec, { name: service, spec: complete, env: own, image })
    container = id
    await runtime.start(id)
    return {
      run: (request, options) => runtime.exec(id, request, options),
      references,
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
    const { readPins } = await import('../engine/image/with-pins.ts')
    const withPins = await readPins(root, await runtime.info())
    const { reference } = await runtime.image(
      withPins(
        source.request.kind === 'build'
          ? { ...source.request, existingOnly: true }
          : { ...source.request, kind: 'local' },
      ),
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

interface IdleService {
  readonly name: string
  readonly spec: ServiceSpec
  readonly env: Readonly<Record<string, string>>
  readonly image: string
}

const createIdle = async (
  runtime: Runtime,
  topology: TopologySpec,
  { name: service, spec, env, image }: IdleService,
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
    env,
    files: spec.files ?? [],
    ...(spec.user === undefined ? {} : { user: spec.user }),
    ...(spec.workdir === undefined ? {} : { workdir: spec.workdir }),
    ...(spec.tmpfs === undefined ? {} : { tmpfs: spec.tmpfs }),
    ...containerSettings(spec),
  })
}

/** The environment as in a lane, in two parts. What only a started module knows is left out. */
const envOf = (topology: TopologySpec, service: string, spec: ServiceSpec) => {
  const services = { ...topology.services, [service]: spec }
  const lookup = createLookup({ services, view: 'inside', lane: { name: 'lane_1' } }, service)
  const own: Record<string, string> = {}
  const references: Record<string, string> = {}
  for (const [key, template] of Object.entries(spec.env ?? {})) {
    try {
      const part = refersToOthers(template, service) ? references : own
      part[key] = resolveTemplate(template, lookup)
    } catch (error) {
      if (!isMesocosmError(error)) throw error
    }
  }
  return { own, references }
}

const refersToOthers = (template: Template, self: string): boolean =>
  templateParts(template).some(
    (part) => isRefPart(part) && !['self', 'lane', self].includes(part.ref.split('.')[0] ?? ''),
  )
