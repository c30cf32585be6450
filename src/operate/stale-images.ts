import { openRuntime } from '../open/open-runtime.ts'
import { label } from '../runtime/labels.ts'
import type { StoredImage } from '../runtime/stored-image.ts'

/**
 * Finds images of services, built or prebuilt, that a newer image of the same service has replaced and that no
 * container uses; and images of registries that have a name of Mesocosm, because they were loaded by their lock or are
 * for another platform, if a newer one of the same image replaces them.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`, `ENGINE_GONE`
 */
export const findStaleImages = async (): Promise<readonly StoredImage[]> => {
  await using runtime = await openRuntime()
  const [made, all] = await Promise.all([runtime.images({ [label.made]: '1' }), runtime.images({})])
  return staleOf([...made, ...all.filter(({ reference }) => isNamedHere(reference))])
}

/** Removes what {@link findStaleImages} found. */
export const removeStaleImages = async (images: readonly StoredImage[]): Promise<void> => {
  await using runtime = await openRuntime()
  await Promise.all(images.map(({ reference }) => runtime.remove('image', reference)))
}

/** Returns all but the newest image of each name, without those that a container uses. */
export const staleOf = (images: readonly StoredImage[]): readonly StoredImage[] =>
  [...Map.groupBy(images, ({ reference }) => nameOf(reference)).values()].flatMap((versions) =>
    versions
      .toSorted((a, b) => b.madeMs - a.madeMs)
      .slice(1)
      .filter(({ used }) => !used),
  )

// ---

/** Whether an image of a registry has its name from Mesocosm; such an image has no label. */
const isNamedHere = (reference: string): boolean =>
  /^mesocosm\/(?:locked\/|platform-)/.test(reference)

/** Name without what differs between versions. A locked one has the tag that was locked, too. */
const nameOf = (reference: string): string =>
  /^(mesocosm\/locked\/.*?)-?[0-9a-f]{32}$/.exec(reference)?.[1] ??
  reference.replace(/:[^:/]*$/, '')
