import { aborted } from '../../call/deadline.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import { familiarName, type ImagePin, ownPin, withDigest } from '../../model/image-name.ts'
import type { BuildSpec } from '../../model/service-spec.ts'
import type { ImageInfo, ImageOptions, ImageRequest } from '../../runtime/image-request.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { type BaseImage, baseImages } from './base-images.ts'
import { buildImage, buildKey, buildTag, builtHash } from './build.ts'
import { createBuildContexts, recipeOf } from './build-context.ts'
import { refuseUnbuildable } from './build-refusal.ts'
import { type Builder, findBuilder } from './builder.ts'
import { inspectImage, inspectMadeImage } from './image-info.ts'
import { createMachineTurns, type MachineTurn } from './machine-turns.ts'
import { findPinned, named, pinnedPullError } from './pinned-image.ts'
import { isSamePlatform } from './platform.ts'
import { findForPlatform, type PlatformImage, pullForPlatform } from './platform-images.ts'
import { pullImage } from './pull.ts'
import { findByContent, findByContext, tagImage } from './same-content.ts'
import { createSharedWork } from './shared-work.ts'
import { createTurns } from './turns.ts'

/** Pulls, builds and looks up images. */
export interface Images {
  /** See `Runtime.image`. */
  image(request: ImageRequest, options?: ImageOptions): Promise<ImageInfo>
  /** See `RuntimeAbilities.baseImages`. */
  baseImages(build: BuildSpec): Promise<readonly string[]>
  /** Returns the image, made by `make` if it is missing; concurrent callers share one `make`. */
  ensure(
    reference: string,
    options: ImageOptions,
    make: (options: Required<ImageOptions>) => Promise<void>,
  ): Promise<ImageInfo>
}

type BuildRequest = Extract<ImageRequest, { kind: 'build' }>

/**
 * Creates the image part of the runtime.
 *
 * @param find returns what builds images; called once it is needed. Default that of the engine.
 * @param exclusively keeps other processes from building the same at the same time. Default none.
 */
export const createImages = (
  api: EngineApi,
  find: () => Promise<Builder> = () => findBuilder(api),
  exclusively: MachineTurn = createMachineTurns(undefined),
): Images => {
  const share = createSharedWork<ImageInfo>()
  const readContext = createBuildContexts()

  let builder: Promise<Builder> | undefined
  const builderOf = (): Promise<Builder> => {
    builder ??= find().catch((error: unknown) => {
      builder = undefined
      throw error
    })
    return builder
  }

  // Services of a lane ask for the same few images at once, and the engine answers one call at a time.
  const looking = new Map<string, Promise<ImageInfo | undefined>>()
  const look = (reference: string): Promise<ImageInfo | undefined> => {
    const underWay = looking.get(reference)
    if (underWay !== undefined) return underWay
    const found = inspectImage(api, reference).finally(() => looking.delete(reference))
    looking.set(reference, found)
    return found
  }

  // While an image is pulled for another platform, its name may stand for that.
  const inTurn = createTurns()
  const unclear = new Set<string>()

  const ensure: Images['ensure'] = async (reference, options, make) =>
    (unclear.has(reference) ? undefined : await look(reference)) ??
    share(reference, options, (shared) =>
      inTurn(reference, async () => {
        const present = await inspectImage(api, reference)
        if (present !== undefined) return present
        await make(shared)
        return inspectMadeImage(api, reference)
      }),
    )

  const ensureForPlatform = async (
    image: PlatformImage,
    options: ImageOptions,
  ): Promise<ImageInfo> =>
    (await findForPlatform(api, image)) ??
    share(`${image.reference} ${image.platform}`, options, (shared) =>
      inTurn(image.reference, async () => {
        const { platform: enginePlatform } = await builderOf()
        const present = await findForPlatform(api, image)
        if (present !== undefined) return present
        unclear.add(image.reference)
        try {
          return await pullForPlatform(api, { ...image, enginePlatform }, shared)
        } finally {
          unclear.delete(image.reference)
        }
      }),
    )

  const existing = async (reference: string): Promise<ImageInfo> =>
    (await inspectImage(api, reference)) ?? missing(reference)

  /** Returns the image of a pin, pulled by its digest if the engine lacks it. */
  const pinned = async (
    reference: string,
    pin: ImagePin,
    options: ImageOptions,
  ): Promise<ImageInfo> => {
    const found = await findPinned(api, look, reference, pin)
    if (found !== undefined) return named(api, found, reference, pin)
    const name = withDigest(reference, pin.digest)
    return ensure(name, options, (shared) =>
      pullImage(api, name, shared).catch((error: unknown) => {
        throw pinnedPullError(error, reference, pin)
      }),
    )
  }

  /** Returns a base image; it is pulled first, since the key of a build holds the ids of its bases. */
  const baseOf = async (
    { reference, platform }: BaseImage,
    { existingOnly, pins = {} }: BuildRequest,
    options: ImageOptions,
  ): Promise<ImageInfo | undefined> => {
    const pin = ownPin(reference) ?? pins[familiarName(reference)]
    const mustExist = existingOnly === true
    // The engine pulls an image of another platform itself.
    if (platform) return look(reference)
    if (pin !== undefined)
      return mustExist ? findPinned(api, look, reference, pin) : pinned(reference, pin, options)
    if (mustExist) return look(reference)
    return ensure(reference, options, (shared) => pullImage(api, reference, shared))
  }

  const build = async (request: BuildRequest, options: ImageOptions): Promise<ImageInfo> => {
    const { name, build: spec, existingOnly = false, cacheFolder } = request
    const [read, builder] = await Promise.all([readContext(spec, cacheFolder), builderOf()])
    refuseUnbuildable(read.recipe, builder, spec)
    const context = { ...read, hash: builtHash(read.hash, builder) }
    const { platform } = builder
    const onlyUsed = builder.kind !== 'classic'
    const targetPlatform = spec.platform ?? platform
    const bases = baseImages(context.recipe, { ...spec, platform, targetPlatform, onlyUsed })
    let found: readonly (ImageInfo | undefined)[]
    try {
      found = await Promise.all(bases.map((base) => baseOf(base, request, options)))
    } catch (error) {
      // Without network, what was built from the same content before is better than nothing.
      const former = await findByContext(api, name, context.hash).catch(onlyNoted(options))
      if (former === undefined) throw error
      options.onProgress?.(`${messageOf(error)}; ${former} was built before`)
      return inspectMadeImage(api, former)
    }
    const key = buildKey(
      context.hash,
      found.map((image) => image?.id ?? ''),
    )
    const pinnedNames = new Map(
      bases.flatMap(({ reference }, index): [string, string][] => {
        const name = found[index]?.reference
        return name === undefined || name === reference ? [] : [[reference, name]]
      }),
    )
    const tag = buildTag(name, key)
    const present = await look(tag)
    if (present !== undefined) return present
    const buildAs = async (name: string, shared: Required<ImageOptions>) => {
      if (existingOnly) return existing(name)
      const made = { build: spec, context, key, bases, pinned: pinnedNames, builder }
      await buildImage(api, name, made, shared)
      return inspectMadeImage(api, name)
    }
    // Services with the same content share one image under several names, which is only faster than a build of each.
    const made = await share(`build ${key}`, options, (shared) =>
      exclusively(key, shared.signal, async () => {
        const same = await findByContent(api, key).catch(onlyNoted(shared))
        if (same !== undefined) return inspectMadeImage(api, same)
        return buildAs(tag, shared)
      }),
    )
    if (made.reference === tag) return made
    const named = await tagImage(api, made.reference, tag).catch(onlyNoted(options))
    return named ?? share(tag, options, (shared) => buildAs(tag, shared))
  }

  const provide = async (request: ImageRequest, options: ImageOptions): Promise<ImageInfo> => {
    if (request.kind === 'build') return build(request, options)
    const { kind, reference, platform, pin = ownPin(request.reference) } = request
    const isForeign =
      platform !== undefined && !isSamePlatform(platform, (await builderOf()).platform)
    if (platform !== undefined && (isForeign || pin === undefined)) {
      const name = pin === undefined ? reference : withDigest(reference, pin.digest)
      const wanted = { reference: name, platform }
      if (kind === 'pull') return ensureForPlatform(wanted, options)
      return (await findForPlatform(api, wanted)) ?? missing(name, platform)
    }
    if (kind === 'local') {
      if (pin === undefined) return existing(reference)
      return (
        (await findPinned(api, look, reference, pin)) ?? missing(withDigest(reference, pin.digest))
      )
    }
    if (pin !== undefined) return pinned(reference, pin, options)
    return ensure(reference, options, (shared) => pullImage(api, reference, shared))
  }

  return {
    ensure,
    baseImages: async (spec) => {
      const [recipe, { kind, platform }] = await Promise.all([recipeOf(spec), builderOf()])
      const onlyUsed = kind !== 'classic'
      const { args, target } = spec
      return baseImages(recipe, {
        ...(args === undefined ? {} : { args }),
        ...(target === undefined ? {} : { target }),
        platform,
        targetPlatform: spec.platform ?? platform,
        onlyUsed,
      }).map(({ reference }) => reference)
    },
    image: async (request, options = {}) => {
      try {
        return await provide(request, options)
      } catch (error) {
        if (options.signal?.aborted === true)
          throw aborted('the pull or build of the image', options.signal.reason, {
            remedy: 'run it again; finished layers are kept',
          })
        throw engineError(error, 'the image could not be pulled or built')
      }
    },
  }
}

// ---

const missing = (reference: string, platform?: string): never => {
  const wanted = platform === undefined ? '' : ` for ${platform}`
  throw new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `image ${reference} is missing on the engine${wanted}`,
    remedy: 'pull or build it',
    facts: { image: reference },
  })
}

/** Goes on without what failed, and notes it in the progress. */
const onlyNoted =
  ({ onProgress }: ImageOptions) =>
  (error: unknown): undefined => {
    onProgress?.(messageOf(error))
  }
