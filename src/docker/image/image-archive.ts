import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { aborted } from '../../call/deadline.ts'
import { isMesocosmError, MesocosmError } from '../../errors/mesocosm-error.ts'
import type { ImageOptions } from '../../runtime/image-request.ts'
import type { SavedImage } from '../../runtime/stored-image.ts'
import type { ProgressJson } from '../api/api-types.ts'
import type { EngineApi } from '../api/engine-api.ts'
import { detailOf, engineError } from '../api/errors.ts'
import { readJsonLines } from '../api/ndjson.ts'
import { inspectImage } from './image-info.ts'
import { keptName } from './pinned-image.ts'
import { tagImage } from './same-content.ts'

/** Returns the engine's archive of images, as a tar. */
export const saveImages = async (
  api: EngineApi,
  images: readonly SavedImage[],
  { signal }: Pick<ImageOptions, 'signal'> = {},
): Promise<AsyncIterable<Uint8Array>> => {
  await assertPresent(api, images)
  return archiveOf(api, images, signal)
}

/** Adds the images of an archive to the engine. */
export const loadImages = async (
  api: EngineApi,
  archive: AsyncIterable<Uint8Array>,
  { onProgress, signal }: ImageOptions = {},
): Promise<void> => {
  const body = new PassThrough()
  // The call reports it.
  body.on('error', () => undefined)
  const stop = new AbortController()
  const read: { failure?: unknown } = {}
  const feeding = feed(archive, body, stop.signal).catch((error: unknown) => {
    read.failure = error
    stop.abort(error)
    body.destroy()
  })
  try {
    const stream = await api.stream('POST', '/images/load', {
      query: { quiet: 0 },
      file: body,
      signal: AbortSignal.any([stop.signal, ...(signal === undefined ? [] : [signal])]),
    })
    for await (const line of readJsonLines<ProgressJson>(stream)) {
      if (line.error !== undefined) throw new Error(line.errorDetail?.message ?? line.error)
      if (line.stream !== undefined) onProgress?.(line.stream.trim())
    }
  } catch (error) {
    throw read.failure ?? loadError(error, signal)
  } finally {
    stop.abort()
    await feeding
  }
  if (read.failure !== undefined) throw read.failure
}

// ---

const assertPresent = async (api: EngineApi, images: readonly SavedImage[]): Promise<void> => {
  const found = await Promise.all(images.map(({ reference }) => inspectImage(api, reference)))
  const missing = images.filter((_, index) => found[index] === undefined)
  if (missing.length === 0) return
  const names = missing.map(({ reference }) => reference)
  throw new MesocosmError({
    code: 'IMAGE_NOT_FOUND',
    message: `images could not be saved: ${names.join(', ')} missing on the engine`,
    remedy: 'pull them first',
    facts: { images: names },
  })
}

/** Everything in the generator, so that one that is never read leaves nothing. */
async function* archiveOf(
  api: EngineApi,
  images: readonly SavedImage[],
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const names: string[] = []
  const added: string[] = []
  let tail: Buffer = Buffer.alloc(0)
  try {
    for (const { reference, locked } of images) {
      const name = locked === undefined ? reference : keptName(locked.image, locked.digest)
      names.push(name)
      if (name === reference || (await inspectImage(api, name)) !== undefined) continue
      await tagImage(api, reference, name)
      added.push(name)
    }
    const stream = await api.stream('GET', '/images/get', {
      query: { names },
      long: true,
      ...(signal === undefined ? {} : { signal }),
    })
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      tail = Buffer.concat([tail, chunk.subarray(-kept)]).subarray(-kept)
      yield chunk
    }
    // An engine that fails on the way writes its error behind what it has sent.
    if (tail.subarray(-tarEnd).some((byte) => byte !== 0)) throw new Error(errorIn(tail))
  } catch (error) {
    throw saveError(error, signal)
  } finally {
    for (const name of added) await api.json('DELETE', `/images/${encodeURI(name)}`)
  }
}

/** A tar ends with two blocks of zeros. */
const tarEnd = 1024
const kept = 8192

const errorIn = (tail: Buffer): string => {
  const [, text] = /\{"errorDetail":\{"message":("(?:[^"\\]|\\.)*")/.exec(tail.toString()) ?? []
  return text === undefined ? 'the engine sent no complete archive' : (JSON.parse(text) as string)
}

const saveError = (error: unknown, signal: AbortSignal | undefined): unknown => {
  if (signal?.aborted === true) return aborted('the save of images', signal.reason, rerun)
  return engineError(error, 'images could not be saved')
}

/** Writes the archive into the body of the call, no faster than the engine reads. */
const feed = async (
  archive: AsyncIterable<Uint8Array>,
  body: PassThrough,
  signal: AbortSignal,
): Promise<void> => {
  for await (const chunk of archive) {
    if (signal.aborted) return
    if (!body.write(chunk))
      await once(body, 'drain', { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error
      })
  }
  body.end()
}

const loadError = (error: unknown, signal: AbortSignal | undefined): unknown => {
  if (signal?.aborted === true) return aborted('the load of images', signal.reason, rerun)
  if (isMesocosmError(error) || !badArchive.test(detailOf(error)))
    return engineError(error, 'images could not be loaded')
  const known = engineError(error, 'images could not be loaded')
  if (known.code !== 'ENGINE_FAILED') return known
  return new MesocosmError({
    code: 'IMAGE_ARCHIVE_INVALID',
    message: `images could not be loaded: ${detailOf(error)}`,
    remedy: 'save the archive again; this one is not complete, or is not one of images',
    cause: error,
  })
}

const rerun = { remedy: 'run it again' }

const badArchive =
  /unexpected EOF|archive\/tar|invalid tar|manifest\.json|index\.json|no such file or directory|checksum|invalid character|unrecognized image|payload does not match|unmarshal|invalid diffID|cannot load|not found: content digest|invalid argument|end of JSON/i
