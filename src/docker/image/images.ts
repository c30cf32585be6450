import { aborted } from '../../call/deadline.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { messageOf } from '../../errors/unknown-error.ts'
import type { ImageInfo, ImageOptions, ImageRequest } from '../../runtime/runtime.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { type BaseImage, baseImages } from './base-images.ts'
import { buildImage, buildKey, buildTag, builtHash } from './build.ts'
import { createBuildContexts } from './build-context.ts'
import { refuseUnbuildable } from './build-refusal.ts'
import { type Builder, findBuilder } from './builder.ts'
import { inspectImage, inspectMadeImage } from './image-info.ts'
import { pullImage } from './pull.ts'
import { findByContent, findByContext, tagImage } from './same-content.ts'
import { createSharedWork } from './shared-work.ts'

/** Pulls, builds and looks up images. */
export interface Images {
  /** See `Runtime.image`. */
  image(request: ImageRequest, options?: ImageOptions): Promise<ImageInfo>
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
 */
export const createImages = (
  api: EngineApi,
  find: () => Promise<Builder> = () => findBuilder(api),
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

  const ensure: Images['ensure'] = async (reference, options, make) =>
    (await look(reference)) ??
    share(reference, options, async (shared) => {
      const present = await inspectImage(api, reference)
      if (present !== undefined) return present
      await make(shared)
      return inspectMadeImage(api, reference)
    })

  const existing = async (reference: string): Promise<ImageInfo> => {
    const found = await inspectImage(api, reference)
    if (found !== undefined) return found
    throw new MesocosmError({
      code: 'IMAGE_NOT_FOUND',
      message: `image ${reference} is missing on the engine`,
      remedy: 'pull or build it',
      facts: { image: reference },
    })
  }

  /** Returns the id of a base image; it is pulled first, since the key of a build holds the ids of its bases. */
  const baseId = async (
    { reference, platform }: BaseImage,
    existingOnly: boolean,
    options: ImageOptions,
  ): Promise<string> => {
    // The engine pulls an image of another platform itself.
    if (existingOnly || platform) return (await look(reference))?.id ?? ''
    return (await ensure(reference, options, (shared) => pullImage(api, reference, shared))).id
  }

  const build = async (
    { name, build: spec, existingOnly = false, cacheFolder }: BuildRequest,
    options: ImageOptions,
  ): Promise<ImageInfo> => {
    const [read, builder] = await Promise.all([readContext(spec, cacheFolder), builderOf()])
    refuseUnbuildable(read.recipe, builder, spec)
    const context = { ...read, hash: builtHash(read.hash, builder) }
    const { platform } = builder
    const onlyUsed = builder.kind !== 'classic'
    const bases = baseImages(context.recipe, { ...spec, platform, onlyUsed })
    let ids: readonly string[]
    try {
      ids = await Promise.all(bases.map((base) => baseId(base, existingOnly, options)))
    } catch (error) {
      // Without network, what was built from the same content before is better than nothing.
      const former = await findByContext(api, name, context.hash).catch(onlyNoted(options))
      if (former === undefined) throw error
      options.onProgress?.(`${messageOf(error)}; ${former} was built before`)
      return inspectMadeImage(api, former)
    }
    const key = buildKey(context.hash, ids)
    const tag = buildTag(name, key)
    const present = await look(tag)
    if (present !== undefined) return present
    const buildAs = async (name: string, shared: Required<ImageOptions>) => {
      if (existingOnly) return existing(name)
      await buildImage(api, name, { build: spec, context, key, bases, builder }, shared)
      return inspectMadeImage(api, name)
    }
    // Services with the same content share one image under several names, which is only faster than a build of each.
    const made = await share(`build ${key}`, options, async (shared) => {
      const same = await findByContent(api, key).catch(onlyNoted(shared))
      if (same !== undefined) return inspectMadeImage(api, same)
      return buildAs(tag, shared)
    })
    if (made.reference === tag) return made
    const named = await tagImage(api, made.reference, tag).catch(onlyNoted(options))
    return named ?? share(tag, options, (shared) => buildAs(tag, shared))
  }

  const provide = async (request: ImageRequest, options: ImageOptions): Promise<ImageInfo> => {
    if (request.kind === 'local') return existing(request.reference)
    if (request.kind === 'pull') {
      const { reference } = request
      return ensure(reference, options, (shared) => pullImage(api, reference, shared))
    }
    return build(request, options)
  }

  return {
    ensure,
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

/** Goes on without what failed, and notes it in the progress. */
const onlyNoted =
  ({ onProgress }: ImageOptions) =>
  (error: unknown): undefined => {
    onProgress?.(messageOf(error))
  }
