import { createHash } from 'node:crypto'
import type { ErrorCode } from '../../errors/codes.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ImageInfo, ImageRequest } from '../runtime.ts'
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
  const count = { value: 0 }

  const add = (reference: string, image: KnownImage): void => {
    count.value += 1
    const content = `${reference}\0${count.value}`
    ids.set(image, `sha256:${createHash('sha256').update(content).digest('hex')}`)
    known.set(reference, image)
  }
  const replace = (reference: string, program: MemoryProgram | MemoryImage): void => {
    const image = typeof program === 'function' ? { run: program } : program
    const made = { image, files: new Map() }
    registry.set(reference, made)
    add(reference, made)
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
    hasHealthcheck: known.image.hasHealthcheck ?? false,
    exposedPorts: known.image.exposedPorts ?? [],
  })
  const idOf = (image: KnownImage): string => ids.get(image) as string

  return {
    /** Returns the image with this name or id. */
    get: (reference: string) =>
      known.get(reference) ?? [...known.values()].find((image) => idOf(image) === reference),
    idOf,
    made: () =>
      [...known].flatMap(([reference, { made }]) =>
        made === undefined ? [] : [{ reference, ...made }],
      ),
    remove: (reference: string) => void known.delete(reference),
    unpublish: (reference: string) => void registry.delete(reference),
    describe,
    replace,
    provide: (request: ImageRequest): ImageInfo => {
      if (request.kind === 'local') return infoOf(request.reference)
      // A build makes the program that has the name of the build.
      const name = request.kind === 'pull' ? request.reference : request.name
      const pulled = registry.get(name)
      const isAllowed = request.kind === 'pull' || request.existingOnly !== true
      if (!known.has(name) && pulled !== undefined && isAllowed) known.set(name, pulled)
      const isBuild = request.kind === 'build' && isAllowed
      return infoOf(name, isBuild ? 'BUILD_FAILED' : 'IMAGE_NOT_FOUND')
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

const missing = (what: string, code: ErrorCode, known: readonly string[]): MesocosmError =>
  new MesocosmError({
    code,
    message: `image ${what} is missing in the in-memory runtime`,
    remedy: `give createMemoryRuntime a program of that name; it has ${known.join(', ') || 'none'}`,
    facts: { image: what },
  })
