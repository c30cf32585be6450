import { compile } from '../../client/lane/compile.ts'
import { atService } from '../../errors/at-service.ts'
import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { familiarName } from '../../model/image-name.ts'
import type { BuildSpec, ServiceSpec, TopologySpec } from '../../model/service-spec.ts'
import type { ImageRequest } from '../../runtime/image-request.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type Project, topologyOf } from '../project.ts'
import { throwAll } from './throw-all.ts'

/** What a service uses an image for: to run, as the base of its build, or in a `setup` task. */
export interface ImageUse {
  /** Name of the service. */
  readonly service: string
  /** What for. */
  readonly as: 'image' | 'base' | 'setup'
  /** Such as `linux/arm64`; absent if the service does not set it. */
  readonly platform?: string
}

/** Returns the requests for an image by what it is used for: one for each platform. */
export const requestsFor = <Kind extends 'local' | 'pull'>(
  kind: Kind,
  reference: string,
  uses: readonly ImageUse[],
) =>
  [...new Set(uses.map(({ platform }) => platform))].map((platform) => ({
    kind,
    reference,
    ...(platform === undefined ? {} : { platform }),
  }))

/** The images of a topology. */
export interface NeededImages {
  readonly spec: TopologySpec
  /** Those that a registry has, by name as people write it, sorted. */
  readonly pulled: ReadonlyMap<string, readonly ImageUse[]>
  /** Those that are built from sources, and what for. */
  readonly built: readonly {
    readonly request: Extract<ImageRequest, { kind: 'build' }>
    readonly use: ImageUse
  }[]
}

/**
 * Returns the images that a topology needs.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `MODULE_UNREADABLE`, `BUILD_FAILED` for a missing Dockerfile; an
 * `AggregateError` for several services.
 */
export const neededImages = async (runtime: Runtime, project: Project): Promise<NeededImages> => {
  const { validateTopology } = await import('../../schema/validate.ts')
  const { imageSource } = await import('../../engine/image/resolve-service.ts')
  const spec = validateTopology(await compile(topologyOf(project)))
  const pulled = new Map<string, ImageUse[]>()
  const built: { request: Extract<ImageRequest, { kind: 'build' }>; use: ImageUse }[] = []
  const addPulled = (reference: string, use: ImageUse) => {
    const name = familiarName(reference)
    const uses = pulled.get(name) ?? []
    const isSame = ({ service, as, platform }: ImageUse) =>
      service === use.service && as === use.as && platform === use.platform
    if (!uses.some(isSame)) uses.push(use)
    pulled.set(name, uses)
  }
  const addBases = async (build: BuildSpec, service: string) => {
    for (const base of await requireAbility(runtime, 'baseImages')(build))
      addPulled(base, { service, as: 'base' })
  }
  const add = async (service: string, declared: ServiceSpec) => {
    const source = { topology: spec.name, root: spec.root, name: service, spec: declared }
    const { request, spec: complete } = await imageSource(runtime, source)
    if (request.kind === 'pull') {
      const { reference, platform } = request
      addPulled(reference, {
        service,
        as: 'image',
        ...(platform === undefined ? {} : { platform }),
      })
    }
    if (request.kind === 'build') {
      built.push({ request, use: { service, as: 'image' } })
      await addBases(request.build, service)
    }
    for (const [index, { container }] of (complete.tasks?.setup ?? []).entries()) {
      if (container?.image !== undefined) addPulled(container.image, { service, as: 'setup' })
      if (container?.build === undefined) continue
      const name = `${spec.name}-${service}-setup-${index}`
      built.push({
        request: { kind: 'build', name, build: container.build },
        use: { service, as: 'setup' },
      })
      await addBases(container.build, service)
    }
  }
  const failures: unknown[] = []
  // One after the other, so that the order of uses is that of the topology.
  for (const [service, declared] of Object.entries(spec.services))
    await add(service, declared).catch((error: unknown) =>
      failures.push(isMesocosmError(error) ? atService(error, { service }) : error),
    )
  throwAll(failures)
  return { spec, pulled: new Map([...pulled].sort(([a], [b]) => (a < b ? -1 : 1))), built }
}
