import { openRuntime } from '../open/open-runtime.ts'
import { label } from '../runtime/labels.ts'
import type { StoredImage } from '../runtime/runtime.ts'

/**
 * Finds images of services, built or prebuilt, that a newer image of the same service has replaced and that no
 * container uses.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`, `ENGINE_GONE`
 */
export const findStaleImages = async (): Promise<readonly StoredImage[]> => {
  await using runtime = await openRuntime()
  return staleOf(await runtime.images({ [label.made]: '1' }))
}

/** Removes what {@link findStaleImages} found. */
export const removeStaleImages = async (images: readonly StoredImage[]): Promise<void> => {
  await using runtime = await openRuntime()
  await Promise.all(images.map(({ reference }) => runtime.remove('image', reference)))
}

/** Returns all but the newest image of each name, without those that a container uses. */
export const staleOf = (images: readonly StoredImage[]): readonly StoredImage[] =>
  [...Map.groupBy(images, ({ reference }) => reference.replace(/:[^:/]*$/, '')).values()].flatMap(
    (versions) =>
      versions
        .toSorted((a, b) => b.madeMs - a.madeMs)
        .slice(1)
        .filter(({ used }) => !used),
  )
