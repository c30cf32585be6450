import { MesocosmError } from '../../errors/mesocosm-error.ts'

/** One image of an archive. */
export interface ArchivedImage {
  /** Name, such as `postgres:17`. */
  readonly image: string
  /** Digest that it is locked to. */
  readonly digest?: string
  /** Id on the engine that saved it. */
  readonly id: string
}

/**
 * Returns the first entry of an archive: its table of contents. Engines ignore it, so `docker load` reads the archive,
 * too, and who has all images need not read the rest.
 */
export const contentsEntry = (images: readonly ArchivedImage[]): Buffer => {
  const body = Buffer.from(JSON.stringify({ version: 1, images }))
  const header = Buffer.alloc(block)
  header.write(entryName)
  header.write('0000644\0', 100)
  header.write('0000000\0', 108)
  header.write('0000000\0', 116)
  header.write(`${body.length.toString(8).padStart(11, '0')}\0`, 124)
  header.write('00000000000\0', 136)
  // The checksum is that of a header with spaces in its place.
  header.write('        ', 148)
  header.write('0', 156)
  header.write('ustar\x0000', 257)
  const sum = header.reduce((all, byte) => all + byte, 0)
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148)
  return Buffer.concat([header, body, Buffer.alloc(padded(body.length) - body.length)])
}

/** An archive whose beginning has been read. */
export interface ReadArchive {
  /** `undefined` for an archive without a table of contents, such as one of `docker save`. */
  readonly contents: readonly ArchivedImage[] | undefined
  /** The archive of the engine. */
  readonly rest: AsyncIterable<Uint8Array>
}

/**
 * Reads the table of contents of an archive.
 *
 * @throws {MesocosmError} `IMAGE_ARCHIVE_INVALID`, and what reading throws.
 */
export const readContents = async (archive: AsyncIterable<Uint8Array>): Promise<ReadArchive> => {
  const chunks = archive[Symbol.asyncIterator]()
  let head: Buffer = Buffer.alloc(0)
  const fill = async (bytes: number): Promise<boolean> => {
    while (head.length < bytes) {
      const next = await chunks.next()
      if (next.done === true) return false
      head = Buffer.concat([head, next.value])
    }
    return true
  }
  const rest = async function* (): AsyncGenerator<Uint8Array> {
    try {
      if (head.length > 0) yield head
      for (let next = await chunks.next(); next.done !== true; next = await chunks.next())
        yield next.value
    } finally {
      await chunks.return?.()
    }
  }
  const isOurs = (await fill(block)) && head.toString('latin1', 0, entryName.length) === entryName
  if (!isOurs || head[entryName.length] !== 0) return { contents: undefined, rest: rest() }
  const size = Number.parseInt(head.toString('latin1', 124, 135), 8)
  // More than a million images would be something else.
  if (!(size < 2 ** 28) || !(await fill(block + padded(size)))) throw invalidContents()
  const contents = contentsIn(head.toString('utf8', block, block + size))
  head = head.subarray(block + padded(size))
  return { contents, rest: rest() }
}

// ---

const entryName = 'mesocosm.images.json'
const block = 512

const padded = (bytes: number): number => Math.ceil(bytes / block) * block

const contentsIn = (text: string): readonly ArchivedImage[] => {
  try {
    const { version, images } = JSON.parse(text)
    if (version === 1 && Array.isArray(images) && images.every(isArchived)) return images
  } catch (cause) {
    throw invalidContents(cause)
  }
  throw invalidContents()
}

const isArchived = ({ image, id, digest = '' }: Readonly<Record<string, unknown>>): boolean =>
  [image, id, digest].every((value) => typeof value === 'string')

const invalidContents = (cause?: unknown): MesocosmError =>
  new MesocosmError({
    code: 'IMAGE_ARCHIVE_INVALID',
    message: 'the archive of images has no readable table of contents',
    remedy: 'save the archive again, with this version of Mesocosm',
    ...(cause === undefined ? {} : { cause }),
  })
