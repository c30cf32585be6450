import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ImageInfo, ImageOptions, ImageRequest } from '../../runtime/runtime.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { engineError } from '../api/errors.ts'
import { loadModule } from '../module/load-module.ts'
import { buildImage, buildTag } from './build.ts'
import { readBuildContext } from './build-context.ts'
import { commitContainer } from './commit.ts'
import { inspectImage } from './image-info.ts'
import { pullImage } from './pull.ts'
import { importSandbox, sandboxImage } from './sandbox-image.ts'
import { createSharedWork } from './shared-work.ts'

/** Makes images present; see `Runtime.image`. */
export const createImages = (api: EngineApi, architecture: () => Promise<string>) => {
  const share = createSharedWork<ImageInfo>()

  // Services of a lane ask for the same few images at once, and the engine answers one at a time.
  const looking = new Map<string, Promise<ImageInfo | undefined>>()
  const look = (reference: string): Promise<ImageInfo | undefined> => {
    const underWay = looking.get(reference)
    if (underWay !== undefined) return underWay
    const found = inspectImage(api, reference).finally(() => looking.delete(reference))
    looking.set(reference, found)
    return found
  }

  /** Nothing when it is there, else `make`, once for all who ask for it at the same time. */
  const ensure = async (
    reference: string,
    options: ImageOptions,
    make: (options: Required<ImageOptions>) => Promise<void>,
  ): Promise<ImageInfo> =>
    (await look(reference)) ??
    share(reference, options, async (shared) => {
      const present = await inspectImage(api, reference)
      if (present !== undefined) return present
      await make(shared)
      return inspectOrFail(api, reference)
    })

  const image = async (request: ImageRequest, options: ImageOptions): Promise<ImageInfo> => {
    switch (request.kind) {
      case 'pull':
        return ensure(request.reference, options, (shared) =>
          pullImage(api, request.reference, shared),
        )
      case 'local': {
        const present = await inspectImage(api, request.reference)
        if (present !== undefined) return present
        throw new MesocosmError({
          code: 'IMAGE_NOT_FOUND',
          message: `there is no image ${request.reference} on the engine`,
          facts: { image: request.reference },
        })
      }
      case 'build': {
        const context = await readBuildContext(request.build)
        const tag = buildTag(request.name, context.hash)
        return ensure(tag, options, (shared) =>
          buildImage(api, tag, request.build, context, shared),
        )
      }
      case 'sandbox': {
        const sandbox = sandboxImage(await architecture())
        return ensure(sandbox.reference, options, () => importSandbox(api, sandbox))
      }
      case 'module': {
        const service = await loadModule(request.module, request.root)
        const info = await image({ kind: 'pull', reference: service.image }, options)
        return { ...info, service }
      }
      case 'commit':
        await commitContainer(api, request)
        return inspectOrFail(api, request.reference)
    }
  }

  return async (request: ImageRequest, options: ImageOptions = {}): Promise<ImageInfo> => {
    try {
      return await image(request, options)
    } catch (error) {
      if (options.signal?.aborted === true) throw aborted(options.signal)
      throw engineError(error, 'The image could not be made present')
    }
  }
}

const aborted = ({ reason }: AbortSignal): MesocosmError =>
  new MesocosmError({
    code: 'ABORTED',
    message: 'The image was not made present because the caller gave up',
    remedy: 'Run it again; layers that are there already are not fetched again.',
    cause: reason,
  })

const inspectOrFail = async (api: EngineApi, reference: string): Promise<ImageInfo> => {
  const info = await inspectImage(api, reference)
  if (info !== undefined) return info
  throw engineError(
    new Error('the engine says it is done, and does not have it'),
    `Image ${reference} could not be made`,
    { image: reference },
  )
}
