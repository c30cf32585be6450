import { createHash } from 'node:crypto'
import type { ErrorCode } from '../../errors/codes.ts'
import { MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ImageInfo, ImageRequest } from '../runtime.ts'
import type { MemoryContainer } from './container.ts'
import type { FileTable } from './files.ts'
import type { MemoryImage, MemoryProgram } from './program.ts'

export type Programs = Readonly<Record<string, MemoryProgram | MemoryImage>>

export interface KnownImage {
  readonly image: MemoryImage
  /** Files a committed container left. */
  readonly files: FileTable
  /** Of those that were made here. */
  readonly made?: { readonly labels: Readonly<Record<string, string>>; readonly ms: number }
}

/** The images of the in-memory engine: the given programs by name, and what was made of them. */
export const createMemoryImages = (programs: Programs) => {
  const known = new Map<string, KnownImage>()
  for (const [name, program] of Object.entries(programs)) {
    const image = typeof program === 'function' ? { run: program } : program
    known.set(name, { image, files: new Map() })
  }
  known.set(sandbox, { image: { run: ({ over }) => untilAborted(over) }, files: new Map() })

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
    provide: (
      request: ImageRequest,
      find: (id: string) => MemoryContainer | undefined,
    ): ImageInfo => {
      switch (request.kind) {
        case 'pull':
        case 'local':
          return infoOf(request.reference)
        case 'sandbox':
          return infoOf(sandbox)
        case 'build':
          // What a build makes is the program that has its name.
          return infoOf(request.name, 'BUILD_FAILED')
        case 'module': {
          const image = String(request.module.args[0])
          return { ...infoOf(image), service: { image } }
        }
        case 'commit': {
          const container = find(request.container)
          if (container === undefined) throw missing(request.container, 'SERVICE_NOT_RUNNING', [])
          known.set(request.reference, {
            image: container.image,
            files: new Map(container.files),
            made: { labels: request.labels, ms: Date.now() },
          })
          return infoOf(request.reference)
        }
      }
    },
  }
}

const sandbox = 'mesocosm/sandbox:memory'

const untilAborted = (signal: AbortSignal): Promise<number> =>
  new Promise((resolve) => signal.addEventListener('abort', () => resolve(137)))

const missing = (what: string, code: ErrorCode, known: readonly string[]): MesocosmError =>
  new MesocosmError({
    code,
    message: `The in-memory engine has no ${what}`,
    remedy: `Give createMemoryRuntime a program of that name; it has ${known.join(', ') || 'none'}.`,
    facts: { image: what },
  })
