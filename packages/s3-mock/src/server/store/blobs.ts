import { randomUUID } from 'node:crypto'
import { createReadStream, linkSync, mkdirSync, rmSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { Segment } from './model.ts'

/** The data of a tenant, as files that do not change. */
export interface Blobs {
  /**
   * Writes what `fill` passes to its sink directly to disk.
   *
   * @returns the segment, and what `fill` returned. If `fill` throws, the file is removed.
   */
  write<T>(fill: (sink: (bytes: Buffer) => Promise<unknown>) => Promise<T>): Promise<[Segment, T]>
  /** Reads the concatenated segments from `start` up to, not including, `end`. */
  read(segments: readonly Segment[], start: number, end: number): Readable
  /** Returns hard links of the segments, which are removed independently of them. */
  link(segments: readonly Segment[]): Segment[]
  remove(segments: readonly Segment[]): void
}

/** Returns the data in a folder, which is created if it is missing. */
export const createBlobs = (folder: string): Blobs => {
  mkdirSync(folder, { recursive: true })
  const path = ({ id }: { readonly id: string }) => join(folder, id)
  const remove = (segments: readonly Segment[]) => {
    for (const segment of segments) rmSync(path(segment), { force: true })
  }
  return {
    async write(fill) {
      const id = randomUUID()
      const file = await open(path({ id }), 'wx')
      let size = 0
      try {
        const result = await fill(async (bytes) => {
          size += bytes.length
          for (let at = 0; at < bytes.length; )
            at += (await file.write(bytes, at, bytes.length - at)).bytesWritten
        })
        return [{ id, size }, result]
      } catch (error) {
        remove([{ id, size }])
        throw error
      } finally {
        await file.close()
      }
    },
    read: (segments, start, end) =>
      Readable.from(pieces(segments, start, end, path), { objectMode: false }),
    link: (segments) =>
      segments.map((segment) => {
        const copy = { id: randomUUID(), size: segment.size }
        linkSync(path(segment), path(copy))
        return copy
      }),
    remove,
  }
}

// ---

async function* pieces(
  segments: readonly Segment[],
  start: number,
  end: number,
  path: (segment: Segment) => string,
): AsyncGenerator<Buffer, void, undefined> {
  let offset = 0
  for (const segment of segments) {
    const from = Math.max(start - offset, 0)
    const to = Math.min(end - offset, segment.size)
    offset += segment.size
    if (from < to)
      yield* createReadStream(path(segment), {
        start: from,
        end: to - 1,
        highWaterMark: 256 * 1024,
      })
  }
}
