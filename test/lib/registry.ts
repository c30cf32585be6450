import { createHash, randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TarEntry, tarOf } from '../../src/docker/api/tar.ts'
import { waitProgram } from '../../src/docker/container/wait-program.ts'
import { createDockerRuntime } from '../../src/docker/docker-runtime.ts'
import { eventually } from './eventually.ts'

/** Login that a registry with `isPrivate` takes. */
export const login = { user: 'ann', password: 'pässword' }
/** `htpasswd` line of that login. */
const htpasswd = 'ann:$2y$05$mesocosmmesocosmmesocueD6/uu7n36HrfaNdFN2Ck7kVt8jwP2y\n'

const types = {
  manifest: 'application/vnd.docker.distribution.manifest.v2+json',
  list: 'application/vnd.docker.distribution.manifest.list.v2+json',
  config: 'application/vnd.docker.container.image.v1+json',
  layer: 'application/vnd.docker.image.rootfs.diff.tar',
}

/** An image with one file `/a.txt`, whose content makes it unlike others, and a program that waits. */
export interface PushedImage {
  /** Digest of its manifest. */
  readonly digest: string
  /** Digest of its only layer. */
  readonly layer: string
}

/** How requests of the engine are answered instead of by the registry. */
export type Answer = (request: IncomingMessage, response: ServerResponse) => boolean

/** Debian's registry in a container, on the loopback. */
export interface Registry extends AsyncDisposable {
  /** `127.0.0.1:<port>`. */
  readonly host: string
  /** Pushes an image for a platform; default that of the engine. */
  push(name: string, tag: string, content: string, architecture?: string): Promise<PushedImage>
  /** Pushes an index of images that were pushed, by architecture; returns its digest. */
  pushIndex(name: string, tag: string, digests: Readonly<Record<string, string>>): Promise<string>
  /** Removes a manifest. */
  remove(name: string, digest: string): Promise<void>
  /** Opens another address of it, where requests are answered by `answer` unless that returns false. */
  front(answer: Answer): Promise<Front>
  /** Refuses connections until it is started again. */
  stop(): Promise<void>
}

/** An address that passes requests on to a registry. */
export interface Front extends AsyncDisposable {
  readonly host: string
  /** Paths that were asked for, with the method. */
  readonly requests: readonly string[]
}

/** Starts a registry; with `isPrivate` it needs {@link login}. */
export const openRegistry = async ({ isPrivate = false } = {}): Promise<Registry> => {
  const runtime = await createDockerRuntime()
  const name = `mesocosm-test-registry-${randomBytes(6).toString('hex')}`
  const labels = { 'dev.mesocosm.test': name }
  const network = await runtime.createNetwork({ name, labels, size: 2 })
  const id = await runtime.create({
    name,
    labels,
    image: 'mesocosm-test/registry:trixie',
    network: { kind: 'own', network, aliases: [] },
    publish: [{ port: 5000, protocol: 'tcp' }],
    files: [{ content: htpasswd, to: '/htpasswd' }],
    env: isPrivate
      ? {
          REGISTRY_AUTH: 'htpasswd',
          REGISTRY_AUTH_HTPASSWD_REALM: 'test',
          REGISTRY_AUTH_HTPASSWD_PATH: '/htpasswd',
        }
      : {},
  })
  await runtime.start(id)
  const { architecture: own } = await runtime.info()
  const port = (await runtime.inspect(id))?.published['5000/tcp']
  const host = `127.0.0.1:${port}`
  const authorization = `Basic ${Buffer.from(`${login.user}:${login.password}`).toString('base64')}`
  const call = async (method: string, path: string, body?: Buffer, type?: string) => {
    const url = path.startsWith('http') ? path : `http://${host}/v2/${path}`
    const headers = { authorization, ...(type === undefined ? {} : { 'content-type': type }) }
    const response = await fetch(url, {
      method,
      headers,
      ...(body === undefined ? {} : { body: new Uint8Array(body) }),
    })
    if (!response.ok)
      throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
    return response
  }
  await eventually(() => call('GET', ''))

  const pushBlob = async (name: string, blob: Buffer): Promise<void> => {
    const { headers } = await call('POST', `${name}/blobs/uploads/`)
    const location = new URL(headers.get('location') ?? '', `http://${host}`)
    location.searchParams.set('digest', digestOf(blob))
    await call('PUT', location.href, blob, 'application/octet-stream')
  }
  const fronts: Front[] = []
  return {
    host,
    async push(name, tag, content, architecture = own) {
      const entries = [
        entry('a.txt', 0o644, Buffer.from(content)),
        entry('hold', 0o755, waitProgram(own)),
      ]
      const layer = Buffer.concat(await Array.fromAsync(tarOf(entries)))
      const rootfs = { type: 'layers', diff_ids: [digestOf(layer)] }
      const config = jsonOf({
        architecture,
        os: 'linux',
        config: { Env: ['FROM=registry'], Cmd: ['/hold'] },
        rootfs,
      })
      const manifest = jsonOf({
        schemaVersion: 2,
        mediaType: types.manifest,
        config: part(types.config, config),
        layers: [part(types.layer, layer)],
      })
      await Promise.all([pushBlob(name, layer), pushBlob(name, config)])
      await call('PUT', `${name}/manifests/${tag}`, manifest, types.manifest)
      return { digest: digestOf(manifest), layer: digestOf(layer) }
    },
    async pushIndex(name, tag, digests) {
      const manifests = await Promise.all(
        Object.entries(digests).map(async ([architecture, digest]) => {
          const url = `http://${host}/v2/${name}/manifests/${digest}`
          const got = await fetch(url, { headers: { authorization, accept: types.manifest } })
          const manifest = Buffer.from(await got.arrayBuffer())
          return { ...part(types.manifest, manifest), platform: { architecture, os: 'linux' } }
        }),
      )
      const index = jsonOf({ schemaVersion: 2, mediaType: types.list, manifests })
      await call('PUT', `${name}/manifests/${tag}`, index, types.list)
      return digestOf(index)
    },
    async remove(name, digest) {
      await call('DELETE', `${name}/manifests/${digest}`)
    },
    async front(answer) {
      const opened = await openFront(host, answer)
      fronts.push(opened)
      return opened
    },
    stop: () => runtime.signal(id, 'SIGKILL'),
    async [Symbol.asyncDispose]() {
      for (const front of fronts) await front[Symbol.asyncDispose]()
      await runtime.remove('container', id)
      await runtime.remove('network', network)
      await runtime[Symbol.asyncDispose]()
    },
  }
}

// ---

const openFront = async (host: string, answer: Answer): Promise<Front> => {
  const requests: string[] = []
  const server = createServer((asked, response) => {
    requests.push(`${asked.method} ${asked.url}`)
    if (answer(asked, response)) return
    const { method, url, headers } = asked
    const passed = request(`http://${host}${url}`, { method, headers }, (answered) => {
      response.writeHead(answered.statusCode ?? 500, answered.headers)
      answered.pipe(response)
    })
    passed.on('error', () => response.destroy())
    asked.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const entry = (name: string, mode: number, bytes: Buffer): TarEntry => ({
  name,
  mode,
  content: { kind: 'bytes', bytes },
})

const jsonOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const digestOf = (bytes: Buffer): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const part = (mediaType: string, content: Buffer) => ({
  mediaType,
  size: content.length,
  digest: digestOf(content),
})
