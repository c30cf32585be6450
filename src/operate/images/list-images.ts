import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { lockedIn } from '../../lock/image-lock.ts'
import { lockPath, readLock } from '../../lock/lock-file.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import type { ImageRequest } from '../../runtime/image-request.ts'
import { label } from '../../runtime/labels.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Project } from '../project.ts'
import { type ImageUse, neededImages, requestsFor } from './needed-images.ts'

/** The images of a topology, as `mesocosm images --json` prints them. */
export interface TopologyImages {
  /** Name of the topology. */
  readonly topology: string
  /** Platform of the engine, such as `linux/amd64`. */
  readonly platform: string
  /** Path of the lock file; absent if there is none. */
  readonly lock?: string
  /** Those of registries first, by name; then those that are made on the engine. */
  readonly images: readonly TopologyImage[]
}

/** One image of a topology. */
export interface TopologyImage {
  /** Name, such as `postgres:17`; for a build or a prebuilt image that is missing, its name without tag. */
  readonly image: string
  /**
   * Name of Mesocosm that the engine has it under, if it has one: `mesocosm/locked/…` if it was loaded by its lock,
   * `mesocosm/platform-…` if it is for another platform than the engine's.
   */
  readonly name?: string
  /**
   * Where it comes from: a `registry`; a `build`; `prebuilt`, which is saved after the first start of its service;
   * `sandbox`, which is made when a service starts.
   */
  readonly from: 'registry' | 'build' | 'prebuilt' | 'sandbox'
  /** Who uses it; empty for the sandbox image, which all services use. */
  readonly usedBy: readonly ImageUse[]
  /** Whether the engine has it, with the digest of the lock file if there is one. */
  readonly present: boolean
  /** Digest that the lock file says; absent if it says none. */
  readonly locked?: string
  /** Digest that it was pulled by; absent if it is missing, or was built or loaded. */
  readonly digest?: string
  /** Id on the engine; absent if it is missing. */
  readonly id?: string
  /** Size with the layers that it shares with others; absent if it is missing. */
  readonly bytes?: number
  /** Such as `linux/amd64`; if it is missing, the one that its services set, if any. */
  readonly platform?: string
}

/**
 * Returns the images that a topology needs, and which of them the engine has. Nothing is pulled or built.
 *
 * @throws {MesocosmError} `TOPOLOGY_INVALID`, `IMAGE_LOCK_INVALID`, `ENGINE_NOT_FOUND`, `ENGINE_GONE`; an
 * `AggregateError` for several services that cannot be read.
 */
export const listImages = async (project: Project): Promise<TopologyImages> => {
  await using runtime = await openRuntime()
  return await imagesOn(runtime, project)
}

/** Does what {@link listImages} does, on this engine. */
export const imagesOn = async (runtime: Runtime, project: Project): Promise<TopologyImages> => {
  const { readPins } = await import('../../engine/image/with-pins.ts')
  const [{ spec, pulled, built }, info] = await Promise.all([
    neededImages(runtime, project),
    runtime.info(),
  ])
  const lock = await readLock(spec.root)
  const withPins = await readPins(spec.root, info)
  const registry = [...pulled].flatMap(([image, uses]) =>
    requestsFor('local', image, uses).map(async (wanted): Promise<TopologyImage> => {
      const { platform } = wanted
      const locked = lockedIn(lock, image)?.digest
      const { reference, ...state } = await stateOf(runtime, withPins(wanted))
      return {
        image,
        ...(reference?.startsWith('mesocosm/') ? { name: reference } : {}),
        from: 'registry',
        usedBy: uses.filter((use) => use.platform === platform),
        ...(platform === undefined ? {} : { platform }),
        ...state,
        ...(locked === undefined ? {} : { locked }),
      }
    }),
  )
  const builds = built.map(async ({ request, use }): Promise<TopologyImage> => {
    const name = `mesocosm/${request.name.toLowerCase()}`
    const { reference, ...state } = await stateOf(
      runtime,
      withPins({ ...request, existingOnly: true }),
    )
    return { image: reference ?? name, from: 'build', usedBy: [use], ...state }
  })
  const images = await Promise.all([
    ...registry,
    ...builds,
    ...(await prebuiltOf(runtime, spec)),
    sandboxOf(runtime),
  ])
  return {
    topology: spec.name,
    platform: `linux/${info.architecture}`,
    ...(lock === undefined ? {} : { lock: lockPath(spec.root) }),
    images,
  }
}

// ---

/** What the engine knows of an image, and the name that it has there. */
type State = Omit<TopologyImage, 'image' | 'from' | 'usedBy' | 'locked'> & {
  readonly reference?: string
}

const without = ({ reference: _, ...state }: State) => state

const stateOf = async (runtime: Runtime, request: ImageRequest): Promise<State> => {
  const found = await runtime.image(request).catch((error: unknown) => {
    if (isMesocosmError(error) && error.code === 'IMAGE_NOT_FOUND') return undefined
    throw error
  })
  if (found === undefined) return { present: false }
  const { reference } = found
  const details = await requireAbility(runtime, 'describeImage')(reference)
  if (details === undefined) return { present: false }
  const { id, bytes, platform, digests } = details
  const pin = request.kind === 'build' ? undefined : request.pin?.digest
  const digest = pin !== undefined && digests.includes(pin) ? pin : digests[0]
  return {
    present: true,
    ...(digest === undefined ? {} : { digest }),
    id,
    bytes,
    platform,
    reference,
  }
}

/** The newest prebuilt image of each service that keeps one. */
const prebuiltOf = async (
  runtime: Runtime,
  { name: topology, services }: Awaited<ReturnType<typeof neededImages>>['spec'],
): Promise<readonly Promise<TopologyImage>[]> => {
  const names = Object.entries(services).flatMap(([name, { prebuild }]) =>
    prebuild === true ? [name] : [],
  )
  if (names.length === 0) return []
  const made = await runtime.images({ [label.made]: '1' })
  return names.map(async (service): Promise<TopologyImage> => {
    const name = `mesocosm/prebuilt-${topology}-${service}`
    const [newest] = made
      .filter(({ reference }) => reference.startsWith(`${name}:`))
      .toSorted((a, b) => b.madeMs - a.madeMs)
    const image = newest?.reference ?? name
    return {
      image,
      from: 'prebuilt',
      usedBy: [{ service, as: 'image' }],
      ...without(await stateOf(runtime, { kind: 'local', reference: image })),
    }
  })
}

const sandboxOf = async (runtime: Runtime): Promise<TopologyImage> => {
  const image = await requireAbility(runtime, 'sandboxImage')()
  const state = await stateOf(runtime, { kind: 'local', reference: image })
  return { image, from: 'sandbox', usedBy: [], ...without(state) }
}
