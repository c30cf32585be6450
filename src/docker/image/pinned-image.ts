import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { familiarName, type ImagePin, ownPin, withDigest } from '../../model/image-name.ts'
import type { ImageInfo } from '../../runtime/image-request.ts'
import type { ImageJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { digestsOf } from './image-details.ts'
import { tagImage } from './same-content.ts'

/**
 * Returns the name of an image that was saved or loaded for a pin, such as `mesocosm/locked/postgres:17-1f0c…`: engines
 * forget digests when they load an image.
 */
export const keptName = (reference: string, digest: string): string => {
  const [name = ''] = familiarName(reference).split('@')
  const [, repository = name, tag] = /^(.*):([^:/]*)$/.exec(name) ?? []
  // A tag has at most 128 characters.
  const hash = digest.replace(/^sha256:/, '').slice(0, 32)
  const version = tag === undefined || ownPin(reference) !== undefined ? hash : `${tag}-${hash}`
  return `mesocosm/locked/${repository.replaceAll(':', '-')}:${version.slice(-128).replace(/^[.-]+/, '')}`
}

/** Looks up an image by its name or id. */
export type Look = (reference: string) => Promise<ImageInfo | undefined>

/**
 * Returns the image of a pin, if the engine has it: pulled by its digest, loaded from an archive, or under any name
 * with the id of the pin. Its reference has the digest, or is {@link keptName}, or the id.
 */
export const findPinned = async (
  api: EngineApi,
  look: Look,
  reference: string,
  pin: ImagePin,
): Promise<ImageInfo | undefined> => {
  const pulled = await look(withDigest(reference, pin.digest))
  if (pulled !== undefined) return pulled
  const loaded = await look(keptName(reference, pin.digest))
  if (loaded !== undefined && (await isContentOf(api, loaded, pin))) return loaded
  return pin.id === undefined ? undefined : look(pin.id)
}

/** Gives the image of a pin a name that people and builds can use, if it has only its id. */
export const named = async (
  api: EngineApi,
  found: ImageInfo,
  reference: string,
  { digest }: ImagePin,
): Promise<ImageInfo> =>
  found.reference === found.id ? tagImage(api, found.id, keptName(reference, digest)) : found

/** Returns the error of a pull by digest: a registry without it needs another remedy than one without the name. */
export const pinnedPullError = (
  error: unknown,
  reference: string,
  { digest }: ImagePin,
): unknown => {
  if (!isMesocosmError(error) || error.code !== 'IMAGE_NOT_FOUND') return error
  if (reference.includes('@')) return error
  return new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: error.summary,
    remedy: `run \`mesocosm images lock --update ${reference}\` to lock what the tag names now, if the registry has removed the locked image; else load an archive that has it`,
    facts: { ...error.facts, image: reference, digest },
    details: error.details,
    cause: error,
  })
}

// ---

/** Whether a loaded image is that of the pin, as far as it can be known. */
const isContentOf = async (
  api: EngineApi,
  { id, reference }: ImageInfo,
  pin: ImagePin,
): Promise<boolean> => {
  if (pin.id === undefined || id === pin.id || id === pin.digest) return true
  // Engines that name images by their manifest make another one when they load an image.
  const json = await api.json<ImageJson>('GET', `/images/${encodeURI(reference)}/json`)
  return digestsOf(json).includes(id)
}
