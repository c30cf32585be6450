import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tarOf } from './api/tar.ts'

/** A registry for tests on the loopback address, with minimal images `<host>/test/x:<tag>`. */
export interface TestRegistry extends Disposable {
  /** With port. */
  readonly host: string
  /** Number of layers that were fetched. */
  readonly counted: { layers: number }
}

/** What a registry serves. */
export interface TestRegistryOptions {
  /** Platforms by tag; several make a list of manifests. Every image sets `FROM=registry`, and its platform as `FOR`. */
  readonly images: Readonly<Record<string, readonly string[]>>
  /** Default none is needed. */
  readonly login?: { readonly user: string; readonly password: string }
}

/** Starts a registry. */
export const serveRegistry = async ({
  images,
  login,
}: TestRegistryOptions): Promise<TestRegistry> => {
  const blobs = new Map<string, Blob>()
  const layers = new Set<Blob>()
  const tags = new Map<string, Blob>()
  const keep = (type: string, bytes: Buffer): Blob => {
    const blob = { type, bytes, digest: digestOf(bytes) }
    blobs.set(blob.digest, blob)
    return blob
  }
  for (const [tag, platforms] of Object.entries(images)) {
    const manifests = await Promise.all(
      platforms.map(async (platform) => {
        const [os = '', architecture = ''] = platform.split('/')
        const content = Buffer.from(`${platform} for process ${process.pid}`)
        const entry = { name: 'a.txt', mode: 0o644 } as const
        const file = { ...entry, content: { kind: 'bytes', bytes: content } } as const
        const layer = keep(types.layer, Buffer.concat(await Array.fromAsync(tarOf([file]))))
        layers.add(layer)
        const config = keep(
          types.config,
          json({
            architecture,
            os,
            config: { Env: ['FROM=registry', `FOR=${platform}`] },
            rootfs: { type: 'layers', diff_ids: [layer.digest] },
          }),
        )
        const manifest = { schemaVersion: 2, mediaType: types.manifest }
        const made = json({ ...manifest, config: part(config), layers: [part(layer)] })
        return { platform: { os, architecture }, blob: keep(types.manifest, made) }
      }),
    )
    const [only] = manifests
    if (manifests.length === 1 && only !== undefined) tags.set(tag, only.blob)
    else {
      const list = manifests.map(({ platform, blob }) => ({ ...part(blob), platform }))
      const index = { schemaVersion: 2, mediaType: types.list, manifests: list }
      tags.set(tag, keep(types.list, json(index)))
    }
  }
  const counted = { layers: 0 }
  const allowed =
    login === undefined
      ? undefined
      : `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`
  const server = createServer(({ url = '', headers, method }, response) => {
    if (allowed !== undefined && headers.authorization !== allowed) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="test"' }).end()
      return
    }
    if (url === '/v2/') return response.end('{}')
    const name = url.split('/').at(-1) ?? ''
    const found = tags.get(name) ?? blobs.get(name)
    if (found === undefined) {
      const errors = [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }]
      return response.writeHead(404, { 'content-type': 'application/json' }).end(json({ errors }))
    }
    if (layers.has(found)) counted.layers += 1
    response.writeHead(200, {
      'content-type': url.includes('/manifests/') ? found.type : 'application/octet-stream',
      'content-length': found.bytes.length,
      'docker-content-digest': found.digest,
    })
    return response.end(method === 'HEAD' ? undefined : found.bytes)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    counted,
    [Symbol.dispose]: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

// ---

interface Blob {
  readonly type: string
  readonly bytes: Buffer
  readonly digest: string
}

const types = {
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
}

const digestOf = (bytes: Buffer) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const part = ({ type, bytes, digest }: Blob) => ({ mediaType: type, size: bytes.length, digest })
