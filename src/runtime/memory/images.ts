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
  const known = new Map<string, KnownImage>()
  for (const [name, program] of Object.entries(programs)) {
    const image = typeof program === 'function' ? { run: program } : program
    known.set(name, { image, files: new Map() })
  }
  known.set(sandboxImage, { image: { run: waitUntilOver }, files: new Map() })

  const infoOf = (reference: string, code: ErrorCode = 'IMAGE_NOT_FOUND'): ImageInfo => {
    const found = known.get(reference)
    if (found === undefined) throw missing(reference, code, [...known.keys()])
    const content = JSON.stringify([reference, [...found.files], found.image.command])
    return {
      id: `sha256:${createHash('sha256').update(content).digest('hex')}`,
      reference,
      env: found.image.env ?? {},
      hasHealthcheck: found.image.hasHealthcheck ?? false,
      exposedPorts: found.image.exposedPorts ?? [],
    }
  }

  return {
    get: (reference: string) => known.get(reference),
    made: () =>
      [...known].flatMap(([reference, { made }]) =>
        made === undefined ? [] : [{ reference, ...made }],
      ),
    remove: (reference: string) => void known.delete(reference),
    provide: (request: ImageRequest): ImageInfo => {
      if (request.kind !== 'build') return infoOf(request.reference)
      // A build makes the program that has the name of the build.
      return infoOf(request.name, request.existingOnly ? 'IMAGE_NOT_FOUND' : 'BUILD_FAILED')
    },
    save: (reference: string, image: KnownImage): ImageInfo => {
      known.set(reference, image)
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
