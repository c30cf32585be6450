import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { S3Client, type S3ClientConfig, S3ServiceException } from '@aws-sdk/client-s3'
import { type S3Server, type ServerOptions, startS3Server } from '../src/server/server.ts'
import { readSettings, type Settings } from '../src/server/settings.ts'

export const secretAccessKey = 'test-secret'
export const accessKeyId = 'test-key'

/** A server with its own port and folder. */
export interface TestServer extends AsyncDisposable {
  readonly url: string
  /** Lines of its log. */
  readonly logged: readonly string[]
  client(config?: S3ClientConfig): S3Client
  /** Returns the folder with the data of its only access key. */
  blobs(): string
  /** Returns the file with the state of its only access key. */
  journal(): string
  /** Stops it, and starts another one with the same folder. */
  restart(): Promise<void>
}

export const startTestServer = async (
  settings: Partial<Settings> = {},
  options: ServerOptions = {},
): Promise<TestServer> => {
  const data = mkdtempSync(join(tmpdir(), 's3-mock-test-'))
  const logged: string[] = []
  const clients: S3Client[] = []
  const start = (port: number) =>
    startS3Server(
      {
        ...readSettings({ S3_BUCKETS: 'bucket' }),
        accessKeyId,
        secretAccessKey,
        data,
        ...settings,
        port,
      },
      { host: '127.0.0.1', log: (line) => void logged.push(line), ...options },
    )
  let server: S3Server = await start(0)
  const url = `http://127.0.0.1:${server.port}`
  return {
    url,
    logged,
    client(config = {}) {
      const client = new S3Client({
        endpoint: url,
        region: settings.region ?? 'us-east-1',
        credentials: { accessKeyId, secretAccessKey },
        forcePathStyle: true,
        maxAttempts: 1,
        ...config,
      })
      clients.push(client)
      return client
    },
    blobs: () => join(data, Buffer.from(accessKeyId).toString('hex'), 'blobs'),
    journal: () => join(data, Buffer.from(accessKeyId).toString('hex'), 'journal'),
    async restart() {
      const { port } = server
      await server[Symbol.asyncDispose]()
      server = await start(port)
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.destroy()
      await server[Symbol.asyncDispose]()
      rmSync(data, { recursive: true, force: true })
    },
  }
}

/** Returns status and code of a refusal. */
export const refusal = async (request: Promise<unknown>): Promise<string> => {
  const error = await request.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!(error instanceof S3ServiceException)) throw new Error('not refused', { cause: error })
  return `${error.$metadata.httpStatusCode} ${error.name}`
}
