import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import type { ImageInfo, ImageRequest } from '../../runtime/image-request.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import type { SavedImage } from '../../runtime/stored-image.ts'
import type { Project } from '../project.ts'
import { type ArchivedImage, contentsEntry } from './archive-contents.ts'
import { writeArchive } from './archive-file.ts'
import { neededImages, requestsFor } from './needed-images.ts'

/** Options of {@link saveImages}. */
export interface SaveImagesOptions {
  /** Stops it; no file is left. */
  readonly signal?: AbortSignal
}

/** Result of {@link saveImages}. */
export interface SavedImages {
  /** Names of the images in the archive. */
  readonly images: readonly string[]
  /** Size of the file. */
  readonly bytes: number
}

/**
 * Saves the images that a topology needs from registries as one file, which {@link loadImages} and `docker load` read:
 * a tar, compressed if its name ends with `.gz` or `.tgz`. An existing file is replaced when the new one is complete.
 *
 * @throws {MesocosmError} `IMAGE_NOT_FOUND` with all that are missing, `DISK_FULL`, `IMAGE_ARCHIVE_INVALID` if the file
 * cannot be written, `ABORTED`.
 */
export const saveImages = async (
  project: Project,
  file: string,
  options: SaveImagesOptions = {},
): Promise<SavedImages> => {
  await using runtime = await openRuntime()
  return await saveOn(runtime, project, file, options)
}

/** Does what {@link saveImages} does, on this engine. */
export const saveOn = async (
  runtime: Runtime,
  project: Project,
  file: string,
  { signal }: SaveImagesOptions = {},
): Promise<SavedImages> => {
  const { readPins } = await import('../../engine/image/with-pins.ts')
  const [{ spec, pulled }, info] = await Promise.all([
    neededImages(runtime, project),
    runtime.info(),
  ])
  const withPins = await readPins(spec.root, info)
  const found = await Promise.all(
    [...pulled].flatMap(([image, uses]) =>
      requestsFor('local', image, uses).map(async (local) => {
        const request = withPins<LocalRequest>(local)
        const info = await presentOf(runtime, request)
        // It is loaded under the name that it has for its platform.
        const isNamed = local.platform !== undefined && request.pin === undefined
        return { image: isNamed ? (info?.reference ?? image) : image, request, info }
      }),
    ),
  )
  const missing = found.filter(({ info }) => info === undefined).map(({ image }) => image)
  if (missing.length > 0) throw notPulled(missing)
  if (found.length === 0) throw nothingToSave()
  const contents: ArchivedImage[] = []
  const saved: SavedImage[] = []
  for (const { image, request, info } of found) {
    const { id, reference } = info as ImageInfo
    const digest = request.pin?.digest
    contents.push({ image, id, ...(digest === undefined ? {} : { digest }) })
    saved.push({ reference, ...(digest === undefined ? {} : { locked: { image, digest } }) })
  }
  const archive = await requireAbility(runtime, 'saveImages')(
    saved,
    signal === undefined ? {} : { signal },
  )
  const bytes = await writeArchive(file, withContents(contents, archive), signal)
  return { images: contents.map(({ image }) => image), bytes }
}

// ---

type LocalRequest = Extract<ImageRequest, { kind: 'local' }>

async function* withContents(
  contents: readonly ArchivedImage[],
  archive: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  yield contentsEntry(contents)
  yield* archive
}

const presentOf = async (
  runtime: Runtime,
  request: ImageRequest,
): Promise<ImageInfo | undefined> => {
  try {
    return await runtime.image(request)
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'IMAGE_NOT_FOUND') return undefined
    throw error
  }
}

const notPulled = (missing: readonly string[]) =>
  new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `${missing.length} images are missing on the engine`,
    remedy: 'run `mesocosm images pull` first',
    facts: { images: missing },
    details: missing,
  })

const nothingToSave = () =>
  new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: 'the topology needs no images of registries, so there is nothing to save',
    remedy: 'leave the archive out',
  })
