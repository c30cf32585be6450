import { randomBytes } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { open, rename, rm, stat } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip, createGzip } from 'node:zlib'
import { aborted } from '../../call/deadline.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import { codeOf, messageOf } from '../../errors/unknown-error.ts'

/**
 * Writes an archive, compressed if its name ends with `.gz` or `.tgz`: the whole file or none. Returns its size.
 *
 * @throws {MesocosmError} `DISK_FULL`, `IMAGE_ARCHIVE_INVALID` if it cannot be written, `ABORTED`; what the archive
 * throws.
 */
export const writeArchive = async (
  path: string,
  archive: AsyncIterable<Uint8Array>,
  signal?: AbortSignal,
): Promise<number> => {
  const next = `${path}.${randomBytes(4).toString('hex')}.partial`
  const options = signal === undefined ? {} : { signal }
  try {
    const file = createWriteStream(next, { flags: 'wx', flush: true })
    // Levels above cost more time than a CI cache needs for the bytes that they save.
    if (/\.t?gz$/.test(path)) await pipeline(archive, createGzip({ level: 3 }), file, options)
    else await pipeline(archive, file, options)
    const { size } = await stat(next)
    await rename(next, path)
    return size
  } catch (error) {
    await rm(next, { force: true })
    throw fileError(error, path, 'written', signal)
  }
}

/**
 * Reads an archive, compressed or not, whatever its name.
 *
 * @throws {MesocosmError} `IMAGE_ARCHIVE_INVALID`, also while it is read; `ABORTED`.
 */
export async function* readArchive(path: string, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  const opened: Readable[] = []
  try {
    const isCompressed = await isGzip(path)
    const file = createReadStream(path, { highWaterMark: 2 ** 20 })
    opened.push(file)
    if (!isCompressed) {
      yield* untilAborted(file, signal)
      return
    }
    const unpacked = createGunzip()
    opened.push(unpacked)
    file.on('error', (error) => unpacked.destroy(error))
    yield* untilAborted(file.pipe(unpacked), signal)
  } catch (error) {
    throw fileError(error, path, 'read', signal)
  } finally {
    for (const stream of opened) stream.destroy()
  }
}

// ---

async function* untilAborted(
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    signal?.throwIfAborted()
    yield chunk
  }
}

const isGzip = async (path: string): Promise<boolean> => {
  await using file = await open(path)
  const { buffer, bytesRead } = await file.read(Buffer.alloc(2), 0, 2, 0)
  return bytesRead === 2 && buffer[0] === 0x1f && buffer[1] === 0x8b
}

const fileError = (
  error: unknown,
  path: string,
  doing: 'written' | 'read',
  signal: AbortSignal | undefined,
): unknown => {
  if (isMesocosmError(error)) return error
  const facts = { path }
  if (signal?.aborted === true)
    return aborted(`the archive ${path}`, signal.reason, { remedy: 'run it again', facts })
  const code = codeOf(error) ?? ''
  const isFull = ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code)
  // Not of the file system: something threw in the middle.
  if (code === '') return error
  return new MesocosmError({
    code: isFull ? 'DISK_FULL' : 'IMAGE_ARCHIVE_INVALID',
    message: `the archive ${path} could not be ${doing}: ${messageOf(error)}`,
    remedy: isFull
      ? 'free space on the disk of the archive, or name a file on another disk'
      : doing === 'written'
        ? 'check that its folder exists, and that this user may write there'
        : code === 'ENOENT'
          ? 'check the path; write the archive with `mesocosm images save`'
          : 'save the archive again; this one is not complete, or is something else',
    facts,
    cause: error,
  })
}
