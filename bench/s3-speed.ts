import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { join } from 'node:path'
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import type { Bench } from './lib/bench.ts'
import { inRounds } from './lib/rounds.ts'
import { type Comparison, createSamples } from './lib/samples.ts'

/**
 * Measures requests to the bundled S3 server and to a server that only writes and reads files, both as processes on this
 * machine, with the same client. Every request to the S3 server has a signature, and every upload gets its MD5.
 */
export const measureS3Speed = async (bench: Bench): Promise<Comparison[]> => {
  await using stack = new AsyncDisposableStack()
  const folder = mkdtempSync(join(bench.folder, 's3-speed-'))
  stack.defer(() => rmSync(folder, { recursive: true, force: true }))
  const servers = [
    { name: base, server: stack.use(await startFiles(folder)) },
    { name: s3Name, server: stack.use(await startS3(folder)) },
  ]
  const agent = new Agent({ keepAlive: true, maxSockets: 8 })
  stack.defer(() => agent.destroy())
  const measured: Comparison[] = []
  for (const { size, title, count, keys, atOnce } of sizes) {
    const body = Buffer.alloc(size, 'mesocosm')
    for (const method of ['PUT', 'GET'] as const) {
      const measure = `s3-${method.toLowerCase()}-${title}`
      const samples = createSamples(servers.map(({ name }) => name))
      const targets = await Promise.all(
        servers.map(async ({ name, server }) => ({
          name,
          urls: await Promise.all(
            Array.from({ length: count }, (_, at) => server.url(method, `${title}-${at % keys}`)),
          ),
        })),
      )
      await inRounds(bench.rounds, targets, async ({ name, urls }, counted) => {
        const start = performance.now()
        await allOf(urls, atOnce, (url) => send(agent, method, url, body))
        const ms = performance.now() - start
        bench.log(`s3-speed: ${measure}, ${name}, ${ms.toFixed(0)} ms`)
        if (counted) samples.add(name, ms)
      })
      measured.push({
        measure,
        title: `${count} × ${method} of ${title}, ${atOnce} at once`,
        base,
        variants: samples.variants(),
      })
    }
  }
  const memory = createSamples(servers.map(({ name }) => name))
  for (const { name, server } of servers) memory.add(name, residentMiB(server.pid))
  return [
    ...measured,
    {
      measure: 's3-speed-memory',
      title: 'memory of the servers after all requests, MiB',
      base,
      variants: memory.variants(),
    },
  ]
}

// ---

const base = 'a bare file server'
const s3Name = 'mesocosm'

/** `keys` is the number of objects. */
const sizes = [
  { size: 1024, title: '1KiB', count: 1000, keys: 1000, atOnce: 8 },
  { size: 64 * 1024 * 1024, title: '64MiB', count: 4, keys: 1, atOnce: 1 },
]

interface Server extends AsyncDisposable {
  readonly pid: number
  url(method: 'PUT' | 'GET', key: string): Promise<string>
}

const start = async (
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<{ child: ChildProcess; port: number }> => {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  return { child, port: Number(/(\d+)\s*$/.exec(String(line))?.[1]) }
}

const stop = async (child: ChildProcess) => {
  const ended = once(child, 'close')
  child.kill()
  await ended
}

const startFiles = async (folder: string): Promise<Server> => {
  const script = join(import.meta.dirname, 's3-upload/file-server.mjs')
  const { child, port } = await start([script, mkdtempSync(join(folder, 'files-'))], {})
  return {
    pid: child.pid ?? 0,
    url: async (_, key) => `http://127.0.0.1:${port}/${key}`,
    [Symbol.asyncDispose]: () => stop(child),
  }
}

const startS3 = async (folder: string): Promise<Server> => {
  const script = join(import.meta.dirname, '../packages/s3-mock/dist/s3-server.cjs')
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench-secret' }
  const { child, port } = await start([script], {
    S3_PORT: '0',
    S3_DATA: join(folder, 's3'),
    S3_BUCKETS: 'bench',
    S3_ACCESS_KEY_ID: credentials.accessKeyId,
    S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  })
  const client = new S3Client({
    endpoint: `http://127.0.0.1:${port}`,
    region: 'us-east-1',
    credentials,
    forcePathStyle: true,
    requestChecksumCalculation: 'WHEN_REQUIRED',
  })
  return {
    pid: child.pid ?? 0,
    url(method, Key) {
      const what = { Bucket: 'bench', Key }
      return method === 'PUT'
        ? getSignedUrl(client, new PutObjectCommand(what))
        : getSignedUrl(client, new GetObjectCommand(what))
    },
    async [Symbol.asyncDispose]() {
      client.destroy()
      await stop(child)
    },
  }
}

const allOf = async (
  urls: readonly string[],
  atOnce: number,
  call: (url: string) => Promise<void>,
) => {
  const left = urls.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const url of left) await call(url)
    }),
  )
}

/** Sends one request; throws if its status or the length of what it brings is wrong. */
const send = (agent: Agent, method: 'PUT' | 'GET', url: string, body: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    const headers = method === 'PUT' ? { 'content-length': body.length } : {}
    const sending = request(url, { method, agent, headers }, (answer) => {
      let length = 0
      answer.on('data', (bytes: Buffer) => {
        length += bytes.length
      })
      answer.on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode === 200 && length === (method === 'PUT' ? 0 : body.length)) resolve()
        else reject(new Error(`${method} brought ${length} bytes, status ${answer.statusCode}`))
      })
    })
    sending.on('error', reject)
    sending.end(method === 'PUT' ? body : undefined)
  })

const residentMiB = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
