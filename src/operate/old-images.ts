import { label } from '../runtime/labels.ts'
import type { StoredImage } from '../runtime/runtime.ts'
import { openRuntime } from './open-runtime.ts'

/**
 * Images of services, built or prebuilt, that a newer one of the same service has taken the place of.
 * Those that a container was made from are not among them.
 *
 * @throws {MesocosmError} `ENGINE_NOT_FOUND`, `ENGINE_GONE`
 */
export const findOldImages = async (): Promise<readonly StoredImage[]> => {
  await using runtime = await openRuntime()
  return replaced(await runtime.images({ [label.made]: '1' }))
}

/** Removes what {@link findOldImages} found. */
export const removeOldImages = async (images: readonly StoredImage[]): Promise<void> => {
  await using runtime = await openRuntime()
  await Promise.all(images.map(({ reference }) => runtime.remove('image', reference)))
}

/** All but the newest of each name, unless a container was made from it. */
export const replaced = (images: readonly StoredImage[]): readonly StoredImage[] =>
  [...Map.groupBy(images, ({ reference }) => reference.replace(/:[^:/]*$/, '')).values()].flatMap(
    (versions) =>
      versions
        .toSorted((a, b) => b.madeMs - a.madeMs)
        .slice(1)
        .filter(({ used }) => !used),
  )
