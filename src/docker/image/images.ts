import { aborted } from '../../call/deadline.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ImageInfo, ImageOptions, ImageRequest } from '../../runtime/runtime.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { buildImage, buildTag } from './build.ts'
import { readBuildContext } from './build-context.ts'
import { inspectImage, inspectMadeImage } from './image-info.ts'
import { pullImage } from './pull.ts'
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

/** Creates the image part of the runtime. */
export const createImages = (api: EngineApi): Images => {
  const share = createSharedWork<ImageInfo>()

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

  const provide = async (request: ImageRequest, options: ImageOptions): Promise<ImageInfo> => {
    if (request.kind === 'local') return existing(request.reference)
    if (request.kind === 'pull') {
      const { reference } = request
      return ensure(reference, options, (shared) => pullImage(api, reference, shared))
    }
    const context = await readBuildContext(request.build)
    const tag = buildTag(request.name, context.hash)
    if (request.existingOnly === true) return existing(tag)
    return ensure(tag, options, (shared) => buildImage(api, tag, request.build, context, shared))
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
