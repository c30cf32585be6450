import { createHash } from 'node:crypto'
import type { ErrorCode } from '../../errors/codes.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import { type ImagePin, ownPin, withDigest } from '../../model/image-name.ts'
import type { ImageInfo, ImageRequest } from '../image-request.ts'
import type { ImageDetails, RegistryImage, SavedImage } from '../stored-image.ts'
import type { FileTable } from './files.ts'
import type { MemoryImage, MemoryProgram } from './program.ts'

/** Programs by image name. */
export type Programs = Readonly<Record<string, MemoryProgram | MemoryImage>>

/** An image of the in-memory runtime. */
export interface KnownImage {
  readonly image: MemoryImage
  /** Files of the container that the image was saved from. */
  readonly files: FileTable
  /** Labels, and time of creation in milliseconds since 1970, of a saved image. */
  readonly made?: { readonly labels: Readonly<Record<string, string>>; readonly ms: number }
}

/** Creates the images of the in-memory runtime: the given programs by name, and images saved from containers. */
export const createMemoryImages = (programs: Programs) => {
  const ids = new WeakMap<KnownImage, string>()
  const registry = new Map<string, KnownImage>()
  const known = new Map<string, KnownImage>()
  /** By id: what an archive can bring back. */
  const everMade = new Map<string, KnownImage>()
  /** By digest: what stays in a registry when its name stands for another image. */
  const published = new Map<string, KnownImage>()
  const count = { value: 0 }

  const idOf = (image: KnownImage): string => ids.get(image) as string
  const digestOf = (image: KnownImage): string => sha256(`manifest of ${idOf(image)}`)

  const add = (reference: string, image: KnownImage): void => {
    count.value += 1
    const content = `${reference}\0${count.value}`
    const id = sha256(content)
    ids.set(image, id)
    everMade.set(id, image)
    known.set(reference, image)
  }
  const replace = (reference: string, program: MemoryProgram | MemoryImage): void => {
    const image = typeof program === 'function' ? { run: program } : program
    const made = { image, files: new Map() }
    registry.set(reference, made)
    add(reference, made)
    published.set(digestOf(made), made)
  }
  for (const [name, program] of Object.entries(programs)) replace(name, program)
  replace(sandboxImage, waitUntilOver)

  const infoOf = (reference: string, code: ErrorCode = 'IMAGE_NOT_FOUND'): ImageInfo => {
    const found = known.get(reference)
    if (found === undefined) throw missing(reference, code, [...known.keys()])
    return describe(found, reference)
  }
  const describe = (known: KnownImage, reference = idOf(known)): ImageInfo => ({
    id: idOf(known),
    reference,
    env: known.image.env ?? {},
    ...(known.image.entrypoint === undefined ? {} : { entrypoint: known.image.entrypoint }),
    ...(known.image.command === undefined ? {} : { command: known.image.command }),
    ...(known.image.workdir === undefined ? {} : { workdir: known.image.workdir }),
    hasHealthcheck: known.image.hasHealthcheck ?? false,
    exposedPorts: known.image.exposedPorts ?? [],
    platform: known.image.platform ?? platform,
  })

  /** Pulled images have a digest, loaded ones only their name. */
  const pinned = (
    request: Extract<ImageRequest, { reference: string }>,
    pin: ImagePin,
  ): ImageInfo => {
    const name = withDigest(request.reference, pin.digest)
    const kept = keptName(pin.digest)
    const image = published.get(pin.digest)
    const isPresent = [...known.values()].some((one) => one === image)
    if (known.has(name) || (!known.has(kept) && image !== undefined && isPresent)) {
      if (image !== undefined) known.set(name, image)
      return infoOf(name)
    }
    if (known.has(kept)) return infoOf(kept)
    if (request.kind === 'local' || image === undefined)
      throw missing(name, 'IMAGE_NOT_FOUND', [...known.keys()])
    known.set(name, image)
    return infoOf(name)
  }

  const presentById = (id: string): KnownImage | undefined =>
    [...known.values()].find((image) => idOf(image) === id)

  return {
    /** Returns the image with this name or id. */
    get: (reference: string) => known.get(reference) ?? presentById(reference),
    idOf,
    made: () =>
      [...known].flatMap(([reference, { made }]) =>
        made === undefined ? [] : [{ reference, ...made }],
      ),
    remove: (reference: string) => void known.delete(reference),
    unpublish: (reference: string) => void registry.delete(reference),
    describe,
    replace,
    details: (reference: string): ImageDetails | undefined => {
      const image = known.get(reference) ?? presentById(reference)
      if (image === undefined) return undefined
      const isPublished = published.get(digestOf(image)) === image
      const digests = isPublished && !reference.startsWith(keptRepository) ? [digestOf(image)] : []
      return { id: idOf(image), digests, bytes: 0, platform }
    },
    published: (reference: string): RegistryImage => {
      const image = registry.get(reference)
      if (image === undefined) throw missing(reference, 'IMAGE_NOT_FOUND', [...registry.keys()])
      return { digest: digestOf(image), platforms: [platform] }
    },
    archive: (images: readonly SavedImage[]): Uint8Array =>
      Buffer.from(
        JSON.stringify(
          images.map(({ reference, locked }) => ({
            name: locked === undefined ? reference : keptName(locked.digest),
            id: infoOf(reference).id,
          })),
        ),
      ),
    unpack: (archive: string): void => {
      for (const { name, id } of contentOf(archive)) {
        const image = everMade.get(id)
        if (image === undefined) throw notAnArchive(new Error(`image ${id} was never made here`))
        known.set(name, image)
      }
    },
    provide: (request: ImageRequest): ImageInfo => {
      if (request.kind !== 'build') {
        const pin = request.pin ?? ownPin(request.reference)
        if (pin !== undefined) return ofPlatform(request, pinned(request, pin))
      }
      if (request.kind === 'local') return ofPlatform(request, infoOf(request.reference))
      // A build makes the program that has the name of the build.
      const name = request.kind === 'pull' ? request.reference : request.name
      const pulled = registry.get(name)
      const isAllowed = request.kind === 'pull' || request.existingOnly !== true
      if (!known.has(name) && pulled !== undefined && isAllowed) known.set(name, pulled)
      const isBuild = request.kind === 'build' && isAllowed
      const info = infoOf(name, isBuild ? 'BUILD_FAILED' : 'IMAGE_NOT_FOUND')
      return request.kind === 'pull' ? ofPlatform(request, info) : info
    },
    save: (reference: string, image: KnownImage): ImageInfo => {
      add(reference, image)
      return infoOf(reference)
    },
  }
}

/** Name of the image of sandbox containers. */
export const sandboxImage = 'mesocosm/sandbox:memory'

/** A program that ends only when it is killed. */
export const waitUntilOver: MemoryProgram = ({ over }) =>
  new Promise((resolve) => over.addEventListener('abort', () => resolve(137)))

// ---

/** Every image of this runtime has one platform. */
const ofPlatform = (
  { reference, platform: asked }: { readonly reference: string; readonly platform?: string },
  info: ImageInfo,
): ImageInfo => {
  if (asked === undefined || asked === info.platform) return info
  throw new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `image ${reference} exists for ${info.platform}, not for ${asked}`,
    remedy: 'give the image of createMemoryRuntime that `platform`',
    facts: { image: reference, platform: asked },
  })
}

const platform = 'linux/amd64'
const keptRepository = 'memory/kept:'
const keptName = (digest: string): string => `${keptRepository}${digest}`

const sha256 = (content: string): string =>
  `sha256:${createHash('sha256').update(content).digest('hex')}`

const contentOf = (archive: string): { readonly name: string; readonly id: string }[] => {
  try {
    return JSON.parse(archive)
  } catch (cause) {
    throw notAnArchive(cause)
  }
}

const notAnArchive = (cause: unknown): MesocosmError =>
  new MesocosmError({
    code: 'IMAGE_ARCHIVE_INVALID',
    message: 'images could not be loaded: this is not an archive of the in-memory runtime',
    remedy: 'load what saveImages of the same runtime returned',
    cause,
  })

const missing = (what: string, code: ErrorCode, known: readonly string[]): MesocosmError =>
  new MesocosmError({
    code,
    message: `image ${what} is missing in the in-memory runtime`,
    remedy: `give createMemoryRuntime a program of that name; it has ${known.join(', ') || 'none'}`,
    facts: { image: what },
  })
