import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { openRuntime } from '../../open/open-runtime.ts'
import { requireAbility } from '../../runtime/require-ability.ts'
import type { Runtime } from '../../runtime/runtime.ts'
import { type ArchivedImage, readContents } from './archive-contents.ts'
import { readArchive } from './archive-file.ts'

/** Options of {@link loadImages}. */
export interface LoadImagesOptions {
  /** Called with each line that the engine reports. */
  readonly onProgress?: (line: string) => void
  /** Stops it; images that were loaded before stay. */
  readonly signal?: AbortSignal
}

/** Result of {@link loadImages}: names of images; both empty for an archive that was made by another program. */
export interface LoadedImages {
  /** Loaded now. */
  readonly loaded: readonly string[]
  /** On the engine before. */
  readonly present: readonly string[]
}

/**
 * Loads the images of a file that `saveImages` wrote, or `docker save`. A file whose images the engine has is not read
 * beyond its table of contents.
 *
 * @throws {MesocosmError} `IMAGE_ARCHIVE_INVALID`, `DISK_FULL`, `ABORTED`.
 */
export const loadImages = async (
  file: string,
  options: LoadImagesOptions = {},
): Promise<LoadedImages> => {
  await using runtime = await openRuntime()
  return await loadOn(runtime, file, options)
}

/** Does what {@link loadImages} does, on this engine. */
export const loadOn = async (
  runtime: Runtime,
  file: string,
  { onProgress, signal }: LoadImagesOptions = {},
): Promise<LoadedImages> => {
  const archive = readArchive(file, signal)
  try {
    const { contents, rest } = await readContents(archive)
    const isPresent = await Promise.all((contents ?? []).map((image) => isOn(runtime, image)))
    const missing = (contents ?? []).filter((_, index) => !isPresent[index])
    const present = (contents ?? []).filter((_, index) => isPresent[index]).map(nameOf)
    if (contents !== undefined && missing.length === 0) return { loaded: [], present }
    await requireAbility(runtime, 'loadImages')(rest, {
      ...(onProgress === undefined ? {} : { onProgress }),
      ...(signal === undefined ? {} : { signal }),
    })
    await assertLoaded(runtime, file, missing)
    return { loaded: missing.map(nameOf), present }
  } finally {
    await archive.return(undefined)
  }
}

// ---

const nameOf = ({ image }: ArchivedImage): string => image

/** Whether the engine has this image, under its name or by its digest. */
const isOn = async (
  runtime: Runtime,
  { image, digest, id }: ArchivedImage,
  mustBeEqual = digest === undefined,
): Promise<boolean> => {
  try {
    const pin = digest === undefined ? {} : { pin: { digest } }
    const found = await runtime.image({ kind: 'local', reference: image, ...pin })
    return !mustBeEqual || found.id === id
  } catch (error) {
    if (isMesocosmError(error) && error.code === 'IMAGE_NOT_FOUND') return false
    throw error
  }
}

const assertLoaded = async (
  runtime: Runtime,
  file: string,
  images: readonly ArchivedImage[],
): Promise<void> => {
  // An engine that names images by their manifest may have given them other ids.
  const found = await Promise.all(images.map((image) => isOn(runtime, image, false)))
  const missing = images.filter((_, index) => !found[index]).map(nameOf)
  if (missing.length === 0) return
  throw new MesocosmError({
    code: 'IMAGE_ARCHIVE_INVALID',
    message: `the archive ${file} does not have all images of its table of contents`,
    remedy: 'save the archive again',
    facts: { path: file, images: missing },
    details: missing,
  })
}
