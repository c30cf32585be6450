import { randomUUID } from 'node:crypto'
import {
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  unlink,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { S3Error } from '../s3-error.ts'
import { openFileWriter } from './file-writer.ts'
import type { Segment } from './model.ts'

/** Takes the next piece; waits for the returned promise, if any, before it takes more. */
export type Sink = (bytes: Buffer) => Promise<void> | undefined

/**
 * The data of a tenant. A large segment is a file; small ones share files, because creating, renaming and removing a
 * file costs more than a small request. A file is removed when nothing refers to it.
 */
export interface Blobs {
  /**
   * Stores what `fill` passes to its sink.
   *
   * @returns the segment, and what `fill` returned. If `fill` throws, nothing is left.
   * @throws {S3Error} `NoSuchBucket` if the tenant was reset meanwhile.
   */
  write<T>(fill: (sink: Sink) => Promise<T>): Promise<[Segment, T]>
  /** Reads the concatenated segments from `start` up to, not including, `end`: at once if they are small. */
  read(segments: readonly Segment[], start: number, end: number): Buffer | Readable
  /** Reads the same piece by piece. */
  pieces(segments: readonly Segment[], start: number, end: number): AsyncIterable<Buffer>
  /** Makes the segments stay until they have been removed as often as they were shared. */
  share(segments: readonly Segment[]): void
  remove(segments: readonly Segment[]): void
  /** Shares the segments of a loaded state, and removes all other data. */
  adopt(segments: Iterable<Segment>): void
  close(): void
}

/** Largest segment that shares a file. */
export const smallSize = 64 * 1024

const packSize = 16 * 1024 * 1024

/** Returns the data in a folder, which is created if it is missing. */
export const createBlobs = (folder: string): Blobs => {
  mkdirSync(folder, { recursive: true })
  const path = (id: string) => join(folder, id)
  const references = new Map<string, number>()
  const opened = new Map<string, number>()
  let pack: { readonly id: string; size: number } | undefined
  let closed = false

  const discard = (id: string) => {
    const file = opened.get(id)
    if (file !== undefined) closeSync(file)
    opened.delete(id)
    // Nothing waits for it: whatever is left is removed at the next start.
    unlink(path(id), () => {})
  }
  const share = (segments: readonly Segment[]) => {
    for (const { id } of segments) references.set(id, (references.get(id) ?? 0) + 1)
  }
  const remove = (segments: readonly Segment[]) => {
    for (const { id } of segments) {
      const left = (references.get(id) ?? 0) - 1
      if (left > 0) references.set(id, left)
      else {
        references.delete(id)
        if (!closed && id !== pack?.id) discard(id)
      }
    }
  }
  const fileOf = (id: string): number => {
    const file = opened.get(id) ?? openSync(path(id), 'r')
    opened.set(id, file)
    return file
  }
  const openPack = () => {
    const before = pack
    pack = { id: `pack-${randomUUID()}`, size: 0 }
    opened.set(pack.id, openSync(path(pack.id), 'wx+'))
    if (before !== undefined && !references.has(before.id)) discard(before.id)
    return pack
  }
  const writeSmall = (bytes: Buffer): Segment => {
    const into = pack === undefined || pack.size >= packSize ? openPack() : pack
    const at = into.size
    for (let done = 0; done < bytes.length; )
      done += writeSync(fileOf(into.id), bytes, done, bytes.length - done, at + done)
    into.size += bytes.length
    return { id: into.id, size: bytes.length, at }
  }
  const readSmall = ({ id, at = 0 }: Segment, from: number, to: number): Buffer => {
    const bytes = Buffer.allocUnsafe(to - from)
    const done = readSync(fileOf(id), bytes, 0, bytes.length, at + from)
    if (done < bytes.length) throw new Error(`the data of ${id} end before ${at + to}`)
    return bytes
  }

  const readFile = ({ segment, from, to }: Range) =>
    createReadStream(path(segment.id), { start: from, end: to - 1, highWaterMark: 256 * 1024 })

  async function* pieces(
    segments: readonly Segment[],
    start: number,
    end: number,
  ): AsyncGenerator<Buffer, void, undefined> {
    for (const range of within(segments, start, end))
      if (range.segment.at === undefined) yield* readFile(range)
      else yield readSmall(range.segment, range.from, range.to)
  }

  return {
    async write(fill) {
      const id = randomUUID()
      const writer = openFileWriter(path(id), smallSize)
      try {
        const result = await fill(writer.sink)
        const { size, held } = await writer.end()
        if (closed) throw new S3Error('NoSuchBucket')
        const segment = held === undefined ? { id, size } : writeSmall(held)
        share([segment])
        return [segment, result]
      } catch (error) {
        await writer.abort()
        throw closed ? new S3Error('NoSuchBucket', { cause: error }) : error
      }
    },
    read(segments, start, end) {
      const [only, ...more] = within(segments, start, end)
      if (only === undefined) return Buffer.alloc(0)
      if (more.length === 0 && only.segment.at !== undefined)
        return readSmall(only.segment, only.from, only.to)
      // They stay until they have been read, even if the object is removed meanwhile.
      share(segments)
      const stream =
        more.length === 0
          ? readFile(only)
          : Readable.from(pieces(segments, start, end), { objectMode: false })
      return stream.once('close', () => remove(segments))
    },
    pieces,
    share,
    remove,
    adopt(segments) {
      share([...segments])
      for (const name of readdirSync(folder)) if (!references.has(name)) rmSync(path(name))
    },
    close() {
      closed = true
      for (const file of opened.values()) closeSync(file)
      opened.clear()
    },
  }
}

// ---

interface Range {
  readonly segment: Segment
  readonly from: number
  readonly to: number
}

/** Returns the part of each segment that is in a range of all of them. */
const within = (segments: readonly Segment[], start: number, end: number): readonly Range[] => {
  let offset = 0
  return segments.flatMap((segment) => {
    const from = Math.max(start - offset, 0)
    const to = Math.min(end - offset, segment.size)
    offset += segment.size
    return from < to ? [{ segment, from, to }] : []
  })
}
