import { MesocosmError } from '../errors/mesocosm-error.ts'
import { familiarName, type ImagePin, ownPin } from '../model/image-name.ts'

/** Content of the lock file: which content the names of a project's images stand for. */
export interface ImageLock {
  /** By name as people write it, such as `postgres:17`. */
  readonly images: Readonly<Record<string, LockedImage>>
}

/** One image of the lock file. */
export interface LockedImage {
  /** Digest in its registry; absent for an image that no registry has, which is used as it is on the engine. */
  readonly digest?: string
  /** Platforms that the digest stands for, such as `linux/amd64`; empty if the registry was not asked. */
  readonly platforms: readonly string[]
  /** Ids of the images on engines, by platform, as far as they are known. */
  readonly ids: Readonly<Record<string, string>>
  /** Names of the topologies that need it. */
  readonly usedBy: readonly string[]
}

/** A lock file without images. */
export const emptyLock: ImageLock = { images: {} }

/** Returns what a name stands for on a platform: its own digest, else that of the lock file. */
export const pinOf = (
  lock: ImageLock | undefined,
  reference: string,
  platform: string,
): ImagePin | undefined => {
  const own = ownPin(reference)
  if (own !== undefined) return own
  const { digest, ids = {} } = lockedIn(lock, reference) ?? {}
  if (digest === undefined) return undefined
  const id = Object.hasOwn(ids, platform) ? ids[platform] : undefined
  return { digest, ...(id === undefined ? {} : { id }) }
}

/** Returns an image of the lock file by any of its names. */
export const lockedIn = (
  lock: ImageLock | undefined,
  reference: string,
): LockedImage | undefined => {
  const name = familiarName(reference)
  const images = lock?.images ?? {}
  return Object.hasOwn(images, name) ? images[name] : undefined
}

/** Returns the text of a lock file, in which everything is sorted. */
export const textOf = ({ images }: ImageLock): string => {
  const sorted = byName(images).map(([name, { digest, platforms, ids, usedBy }]) => [
    name,
    {
      ...(digest === undefined ? { local: true } : { digest }),
      ...(platforms.length === 0 ? {} : { platforms: platforms.toSorted() }),
      ...(Object.keys(ids).length === 0 ? {} : { ids: Object.fromEntries(byName(ids)) }),
      usedBy: usedBy.toSorted(),
    },
  ])
  return `${JSON.stringify({ version, images: Object.fromEntries(sorted) }, undefined, 2)}\n`
}

/**
 * Reads the text of a lock file.
 *
 * @throws {MesocosmError} `IMAGE_LOCK_INVALID` with every fault.
 */
export const lockIn = (text: string, path: string): ImageLock => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    const conflict = /^<{7} /m.test(text)
    throw invalid(path, [conflict ? 'it has conflicts of a merge' : String(cause)], cause)
  }
  if (!isObject(value)) throw invalid(path, ['it is not a JSON object'])
  if (value.version !== version)
    throw invalid(path, [`its version is ${JSON.stringify(value.version)}, not ${version}`])
  if (!isObject(value.images)) throw invalid(path, ['`images` is not an object'])
  const faults = Object.entries(value.images).flatMap(([name, image]) =>
    faultsOf(image).map((fault) => `${name}: ${fault}`),
  )
  if (faults.length > 0) throw invalid(path, faults)
  const images = value.images as Readonly<Record<string, Partial<LockedImage>>>
  return {
    images: Object.fromEntries(
      Object.entries(images).map(([name, { digest, platforms = [], ids = {}, usedBy = [] }]) => [
        familiarName(name),
        { ...(digest === undefined ? {} : { digest }), platforms, ids, usedBy },
      ]),
    ),
  }
}

// ---

const version = 1
const digestPattern = /^sha256:[0-9a-f]{64}$/

const byName = <T>(values: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1))

const faultsOf = (image: unknown): string[] => {
  if (!isObject(image)) return ['it is not an object']
  const { digest, local, platforms = [], ids = {}, usedBy } = image
  const isLocal = local === true && digest === undefined
  return [
    ...(isLocal || isDigest(digest) ? [] : ['`digest` is not sha256: and 64 hexadecimal digits']),
    ...(isStrings(platforms) ? [] : ['`platforms` is not an array of strings']),
    ...(isObject(ids) && Object.values(ids).every(isDigest)
      ? []
      : ['`ids` is not an object of digests']),
    ...(isStrings(usedBy) ? [] : ['`usedBy` is not an array of strings']),
  ]
}

const isDigest = (value: unknown): boolean => typeof value === 'string' && digestPattern.test(value)

const isStrings = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one) => typeof one === 'string')

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const invalid = (path: string, faults: readonly string[], cause?: unknown): MesocosmError =>
  new MesocosmError({
    code: 'IMAGE_LOCK_INVALID',
    message: `${path} is not a valid lock file of images`,
    remedy: 'delete it, or restore it from version control; then run `mesocosm images lock`',
    facts: { path },
    details: faults,
    ...(cause === undefined ? {} : { cause }),
  })
