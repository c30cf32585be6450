import { randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compile } from '../client/compile.ts'
import type { AnyTopology } from '../define/topology.ts'
import { attachSecondary } from '../errors/attach-secondary.ts'
import { isMesocosmError, MesocosmError } from '../errors/mesocosm-error.ts'
import type { ExecRequest, ExecResult } from '../model/exec.ts'
import type { ServiceSpec, TopologySpec } from '../model/service-spec.ts'
import { createLookup, resolveTemplate } from '../plan/outputs.ts'
import { label } from '../runtime/labels.ts'
import type { ExecOptions, Runtime } from '../runtime/runtime.ts'
import { assertKnown } from './known-service.ts'

/** The image of a service with nothing running in it but what is asked for. Disposing it removes all. */
export interface OpenImage extends AsyncDisposable {
  /** Runs a program in it, with the service's own environment, user and working folder, and waits for it to end. */
  run(request: ExecRequest, options?: ExecOptions): Promise<ExecResult>
}

/**
 * Opens the image of a service to look into it: without network, ports, mounts and entrypoint; what its environment
 * refers to is not there. Nothing is built or pulled.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `SERVICE_UNKNOWN`, `ENGINE_NOT_FOUND`; `IMAGE_NOT_FOUND` when the
 * service was never started as it is now.
 */
export const openImage = async (topology: AnyTopology, service: string): Promise<OpenImage> => {
  const [{ validateTopology }, { createDockerRuntime }] = await Promise.all([
    import('../schema/validate.ts'),
    import('../docker/docker-runtime.ts'),
  ])
  const spec = validateTopology(await compile(topology))
  assertKnown([service], Object.keys(spec.services))
  const runtime = await createDockerRuntime()
  let container: string | undefined
  const close = async () => {
    try {
      if (container !== undefined) await runtime.remove('container', container)
    } finally {
      await runtime[Symbol.asyncDispose]()
    }
  }
  try {
    const { image, service: complete } = await presentImage(runtime, spec, service)
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

const presentImage = async (
  runtime: Runtime,
  { name, root, services }: TopologySpec,
  service: string,
) => {
  const spec = services[service] as ServiceSpec
  try {
    const { reference, complete } = await referenceOf({ topology: name, root, name: service, spec })
    const { reference: image } = await runtime.image({ kind: 'local', reference })
    return { image, service: complete }
  } catch (error) {
    if (!isMesocosmError(error) || error.code !== 'IMAGE_NOT_FOUND') throw error
    throw new MesocosmError({
      code: 'IMAGE_NOT_FOUND',
      message: `the image of ${service} is not there: it was not ${spec.build === undefined ? 'pulled' : 'built from its files as they are now'}`,
      remedy: `start it once: \`mesocosm up ${service}\``,
      facts: { service, ...error.facts },
      cause: error,
    })
  }
}

/** The image's name, found without making it present. */
const referenceOf = async (source: {
  readonly topology: string
  readonly root: string
  readonly name: string
  readonly spec: ServiceSpec
}): Promise<{ readonly reference: string; readonly complete: ServiceSpec }> => {
  const { imageRequest } = await import('../engine/resolve-service.ts')
  const request = imageRequest(source)
  const { spec } = source
  if (request.kind === 'pull') return { reference: request.reference, complete: spec }
  if (request.kind === 'build') {
    const [{ readBuildContext }, { buildTag }] = await Promise.all([
      import('../docker/image/build-context.ts'),
      import('../docker/image/build.ts'),
    ])
    const { hash } = await readBuildContext(request.build)
    return { reference: buildTag(request.name, hash), complete: spec }
  }
  const [{ loadModule }, { mergeContainer }] = await Promise.all([
    import('../docker/module/load-module.ts'),
    import('../plan/merge-container.ts'),
  ])
  if (request.kind !== 'module') throw new TypeError(`no image of a service is a ${request.kind}`)
  const read = await loadModule(request.module, request.root)
  return { reference: read.image, complete: mergeContainer(spec, read) }
}

/** A container of the image in which only the program waits that keeps network places: every image can hold it. */
const createIdle = async (
  runtime: Runtime,
  topology: TopologySpec,
  service: string,
  spec: ServiceSpec,
  image: string,
): Promise<string> => {
  const [{ sandboxProgram }, { ownIdentity, writeIdentity }] = await Promise.all([
    import('../docker/image/sandbox-image.ts'),
    import('../supervisor/owner-identity.ts'),
  ])
  const { architecture } = await runtime.info()
  const folder = await mkdtemp(join(tmpdir(), 'mesocosm-image-'))
  try {
    const wait = join(folder, 'wait')
    await writeFile(wait, sandboxProgram(architecture))
    return await runtime.create({
      name: `mesocosm-image-${randomBytes(6).toString('hex')}`,
      image,
      // An owner, so that what a killed process leaves is found as garbage.
      labels: {
        [label.made]: '1',
        [label.owner]: writeIdentity(ownIdentity()),
        [label.topology]: topology.name,
        [label.service]: service,
      },
      entrypoint: [waitPath],
      command: [],
      network: { kind: 'own', network: 'none', aliases: [] },
      env: envOf(topology, service, spec),
      files: [...(spec.files ?? []), { from: wait, to: waitPath, mode: 0o755 }],
      ...(spec.user === undefined ? {} : { user: spec.user }),
      ...(spec.workdir === undefined ? {} : { workdir: spec.workdir }),
      ...(spec.tmpfs === undefined ? {} : { tmpfs: spec.tmpfs }),
      ...(spec.memoryMiB === undefined ? {} : { memoryMiB: spec.memoryMiB }),
    })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** As in a lane, so that a tool starts that reads addresses; without those that only a started module tells. */
const envOf = (topology: TopologySpec, service: string, spec: ServiceSpec) => {
  const services = { ...topology.services, [service]: spec }
  const lookup = createLookup({ services, view: 'inside', lane: { name: 'lane_1' } }, service)
  const known = Object.entries(spec.env ?? {}).flatMap(([key, template]) => {
    try {
      return [[key, resolveTemplate(template, lookup)]]
    } catch (error) {
      if (isMesocosmError(error)) return []
      throw error
    }
  })
  return Object.fromEntries(known) as Readonly<Record<string, string>>
}

const waitPath = '/.mesocosm-wait'
