import { close, open, rm, writev } from 'node:fs'
import { promisify } from 'node:util'
import type { Sink } from './blobs.ts'

/** Writes one body while more of it arrives. */
export interface FileWriter {
  readonly sink: Sink
  /** Resolves when everything is written: with the bytes themselves, and without a file, if they are few. */
  end(): Promise<{ readonly size: number; readonly held: Buffer | undefined }>
  /** Removes the file. */
  abort(): Promise<void>
}

/** The sender waits while more is in memory. */
const maxPending = 1024 * 1024

/** Returns a writer, which creates its file when there are more than `most` bytes. */
export const openFileWriter = (path: string, most: number): FileWriter => {
  let size = 0
  let queue: Buffer[] = []
  let pending = 0
  let file: number | undefined
  /** The current write, which ends when the queue is empty; never rejects. */
  let writing: Promise<void> | undefined
  let failure: unknown

  const flush = async () => {
    try {
      file ??= await openFile(path, 'wx')
      while (queue.length > 0) {
        const batch = queue
        const bytes = pending
        queue = []
        await writeAll(file, batch)
        pending -= bytes
      }
    } catch (error) {
      failure = error
    } finally {
      writing = undefined
    }
  }
  const settle = async () => {
    await writing
    if (failure !== undefined) throw failure
  }
  const closeFile = async () => {
    const open = file
    file = undefined
    if (open !== undefined) await closeOpen(open)
  }

  return {
    sink(bytes) {
      size += bytes.length
      queue.push(bytes)
      pending += bytes.length
      if (size <= most) return undefined
      if (failure === undefined) writing ??= flush()
      return pending > maxPending || failure !== undefined ? settle() : undefined
    },
    async end() {
      if (size <= most) return { size, held: Buffer.concat(queue) }
      await settle()
      await closeFile()
      return { size, held: undefined }
    },
    async abort() {
      queue = []
      await writing
      const created = file !== undefined || size > most
      await closeFile()
      if (created) await removeFile(path, { force: true })
    },
  }
}

// ---

const openFile = promisify(open)
const closeOpen = promisify(close)
const removeFile = promisify(rm)
const writeOnce = promisify(writev)

const writeAll = async (file: number, buffers: readonly Buffer[]): Promise<void> => {
  let left = [...buffers]
  while (left.length > 0) {
    let { bytesWritten } = await writeOnce(file, left)
    while (left[0] !== undefined && bytesWritten >= left[0].length) {
      bytesWritten -= left[0].length
      left = left.slice(1)
    }
    if (left[0] !== undefined) left[0] = left[0].subarray(bytesWritten)
  }
}
