import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { tarOf } from '../../../src/docker/api/tar.ts'
import { tell } from '../../lib/script.ts'

/* A registry that has the same image under every name: one layer with one file of zeros. Arguments: port, bytes. */

const [port, bytes] = process.argv.slice(2).map(Number)

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`

const collect = async (parts: AsyncIterable<Buffer>) => Buffer.concat(await Array.fromAsync(parts))

const layer = await collect(
  tarOf([
    { name: 'big', mode: 0o644, content: { kind: 'bytes', bytes: Buffer.alloc(bytes ?? 0) } },
  ]),
)
const config = Buffer.from(
  JSON.stringify({
    architecture: process.arch === 'x64' ? 'amd64' : process.arch,
    os: 'linux',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(layer)] },
  }),
)
const part = (mediaType: string, content: Buffer) => ({
  mediaType,
  size: content.length,
  digest: digestOf(content),
})
const type = 'application/vnd.docker.distribution.manifest.v2+json'
const manifest = Buffer.from(
  JSON.stringify({
    schemaVersion: 2,
    mediaType: type,
    config: part('application/vnd.docker.container.image.v1+json', config),
    layers: [part('application/vnd.docker.image.rootfs.diff.tar', layer)],
  }),
)
const blobs = new Map([layer, config].map((blob) => [digestOf(blob), blob]))

const server = createServer((request, response) => {
  const { url = '' } = request
  const found = url.includes('/manifests/') ? manifest : blobs.get(url.split('/').at(-1) ?? '')
  void text(request)
  if (url === '/v2/') return response.end('{}')
  if (found === undefined) return response.writeHead(404).end()
  response.writeHead(200, {
    'content-type': found === manifest ? type : 'application/octet-stream',
    'content-length': found.length,
    'docker-content-digest': digestOf(found),
  })
  return response.end(request.method === 'HEAD' ? undefined : found)
})
server.listen(port, '127.0.0.1', () => tell('listening'))
