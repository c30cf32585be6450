import { isMesocosmError } from '../../errors/mesocosm-error.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import type { ImageRequest } from '../../runtime/image-request.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { Project } from '../project.ts'
import { type ImageUse, neededImages, requestsFor } from './needed-images.ts'
import { throwAll } from './throw-all.ts'

/** Options of {@link pullImages}. */
export interface PullImagesOptions {
  /** Called for everything that happens. */
  readonly onEvent?: (event: PullEvent) => void
  /** Stops all pulls; finished layers are kept. */
  readonly signal?: AbortSignal
}

/** What happens to an image of {@link pullImages}. */
export type PullEvent =
  | {
      /** The engine has it already. */
      readonly kind: 'present' | 'started'
      /** Name, such as `postgres:17`. */
      readonly image: string
    }
  | {
      readonly kind: 'progress'
      /** Name, such as `postgres:17`. */
      readonly image: string
      /** Of the engine, for people. */
      readonly line: string
    }
  | {
      readonly kind: 'pulled'
      /** Name, such as `postgres:17`. */
      readonly image: string
      /** How long it took. */
      readonly ms: number
    }
  | {
      readonly kind: 'failed'
      /** Name, such as `postgres:17`. */
      readonly image: string
      /** Why; thrown at the end, too. */
      readonly error: unknown
    }

/** Result of {@link pullImages}: names of images. */
export interface PulledImages {
  /** Pulled now. */
  readonly pulled: readonly string[]
  /** On the engine before. */
  readonly present: readonly string[]
}

/** Pulls at a time; the engine fetches three layers at a time, whatever is asked of it. */
const width = 4

/**
 * Pulls the images of a topology that the engine lacks, each once, a few at a time; by the digests of the lock file if
 * there is one. All are tried, whatever fails.
 *
 * @throws {MesocosmError} every error of a pull; an `AggregateError` if several failed.
 */
export const pullImages = async (
  project: Project,
  options: PullImagesOptions = {},
): Promise<PulledImages> => {
  await using runtime = await openRuntime()
  return await pullOn(runtime, project, options)
}

/** Does what {@link pullImages} does, on this engine. */
export const pullOn = async (
  runtime: Runtime,
  project: Project,
  { onEvent, signal }: PullImagesOptions = {},
): Promise<PulledImages> => {
  const { readPins } = await import('../../engine/image/with-pins.ts')
  const { createLimit } = await import('../../engine/run/limit.ts')
  const [{ spec, pulled: needed }, info] = await Promise.all([
    neededImages(runtime, project),
    runtime.info(),
  ])
  const withPins = await readPins(spec.root, info)
  const limit = createLimit(width)
  const pulled: string[] = []
  const present: string[] = []
  const failures: unknown[] = []
  const pull = async (image: string, uses: readonly ImageUse[]): Promise<void> => {
    const start = performance.now()
    try {
      const locals = requestsFor('local', image, uses).map((request) => withPins(request))
      const found = await Promise.all(locals.map((request) => isPresent(runtime, request)))
      if (found.every(Boolean)) {
        present.push(image)
        onEvent?.({ kind: 'present', image })
        return
      }
      onEvent?.({ kind: 'started', image })
      // Two platforms of one name would take it from each other.
      for (const request of requestsFor('pull', image, uses))
        await runtime.image(withPins(request), {
          onProgress: (line) => onEvent?.({ kind: 'progress', image, line }),
          ...(signal === undefined ? {} : { signal }),
        })
      pulled.push(image)
      onEvent?.({ kind: 'pulled', image, ms: performance.now() - start })
    } catch (error) {
      failures.push(error)
      onEvent?.({ kind: 'failed', image, error })
    }
  }
  await Promise.all([...needed].map(([image, uses]) => limit(() => pull(image, uses))))
  // One reason for all of them.
  throwAll(signal?.aborted === true ? failures.slice(0, 1) : failures)
  return { pulled, present }
}

// ---

const isPresent = async (runtime: Runtime, request: ImageRequest): Promise<boolean> => {
  try {
    await runtime.image(request)
    return true
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'IMAGE_NOT_FOUND') return false
    throw error
  }
}
