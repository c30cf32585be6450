import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import type { ApiRequest, EngineApi } from '../api/engine-api.ts'
import { defaultPatience } from '../api/patience.ts'
import { loadImages, saveImages } from './image-archive.ts'

/** An engine with every image, whose calls are answered by what the test returns. */
const engine = (answer: (path: string, request: ApiRequest) => Promise<Readable>) => {
  const calls: string[] = []
  const api: EngineApi = {
    endpoint: 'test:',
    patience: defaultPatience,
    json: async <T>(method: string, path: string) => {
      calls.push(`${method} ${path}`)
      return { Id: 'sha256:1' } as T
    },
    stream: async (_, path, request = {}) =>
      (path === '/_ping'
        ? Object.assign(Readable.from([]), { headers: {} })
        : await answer(path, request)) as never,
    hijack: () => Promise.reject(new Error('not used')),
  }
  return { api, calls }
}

const error = (message: string) => JSON.stringify({ errorDetail: { message }, error: message })

async function* archive() {
  yield Buffer.alloc(1024)
}

test('an error that the engine writes behind a part of the archive is thrown with its code', async () => {
  for (const [message, code] of [
    ['write /var/lib/docker/tmp/x: no space left on device', 'DISK_FULL'],
    ['layer does not exist', 'ENGINE_FAILED'],
  ] as const) {
    const { api } = engine(async () =>
      Readable.from([Buffer.alloc(4096), Buffer.from(error(message))]),
    )
    const saved = await saveImages(api, [{ reference: 'postgres:17' }])
    await expect(Array.fromAsync(saved)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(message),
    })
  }
})

test('an archive that ends too early is an error', async () => {
  const { api } = engine(async () => Readable.from([Buffer.from('half of a tar')]))
  const saved = await saveImages(api, [{ reference: 'postgres:17' }])
  await expect(Array.fromAsync(saved)).rejects.toMatchObject({
    message: expect.stringContaining('no complete archive'),
  })
})

test.each([
  ['write /var/lib/docker/overlay2/x: no space left on device', 'DISK_FULL'],
  ['open /tmp/x/manifest.json: no such file or directory', 'IMAGE_ARCHIVE_INVALID'],
  ['archive/tar: invalid tar header', 'IMAGE_ARCHIVE_INVALID'],
  ['unexpected EOF', 'IMAGE_ARCHIVE_INVALID'],
  ['Error processing tar file(exit status 1): unexpected EOF', 'IMAGE_ARCHIVE_INVALID'],
  ['the storage driver is broken', 'ENGINE_FAILED'],
])('a load that the engine refuses with "%s" is %s', async (message, code) => {
  const { api } = engine(async (_, { file }) => {
    ;(file as Readable).resume()
    return Readable.from([Buffer.from(`${error(message)}\n`)])
  })
  await expect(loadImages(api, archive())).rejects.toMatchObject({
    code,
    message: expect.stringContaining(message),
    remedy: expect.any(String),
  })
})

test('an engine that answers before it has read the archive ends the load', async () => {
  const endless = async function* () {
    for (;;) yield Buffer.alloc(65_536)
  }
  const { api } = engine(async () => Readable.from([Buffer.from(`${error('unexpected EOF')}\n`)]))
  await expect(loadImages(api, endless())).rejects.toMatchObject({ code: 'IMAGE_ARCHIVE_INVALID' })
})
