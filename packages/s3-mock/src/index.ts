import { definePlugin, http, MesocosmError, secret, self, tcp } from 'mesocosm'
import { isBucketName } from './bucket-name.ts'
import { createS3Client } from './client/s3-client.ts'
import { accessKeyOf, bundledPort, bundledServer, defaults, type S3Server } from './servers.ts'

export type {
  S3Body,
  S3Client,
  S3Content,
  S3Event,
  S3GetOptions,
  S3Match,
  S3ObjectInfo,
  S3Predicate,
  S3PresignOptions,
  S3PutOptions,
} from './client/types.ts'
export type {
  GetOptions,
  OtherServer,
  PresignOptions,
  PutOptions,
  Server,
} from './deprecated.ts'
export type { S3Server, S3ServerImage } from './servers.ts'

/** Options of {@link s3Mock}. */
export interface S3MockOptions {
  /** Buckets that exist from the start and after each reset; the first is the output `bucket`. Default `['files']`. */
  readonly buckets?: readonly string[]
  /**
   * Product: `bundled` comes with this package and runs in any Node image, `adobe` is a pinned Adobe S3Mock; or any other
   * image. Default `bundled`.
   */
  readonly server?: S3Server
  /** Image instead of the server's own; for `bundled` one with Node 22 or later. */
  readonly image?: string
  /** Region of the server; requests that are signed for another are refused. Default `us-east-1`. */
  readonly region?: string
  /**
   * `lane`: one server per lane. `run`: one server, on which each lane has its own access key and buckets; bundled only.
   * Default `lane`.
   */
  readonly share?: 'lane' | 'run'
  /** Origins whose pages may use the declared buckets, such as `['*']`. Bundled only. Default none. */
  readonly corsOrigins?: readonly string[]
  /**
   * Host names in the lane whose subdomains are buckets: `['s3.test']` for `http://invoices.s3.test:9000`. Bundled only.
   * Default none.
   */
  readonly domains?: readonly string[]
  /**
   * URLs that S3 notifications of the declared buckets are posted to: `['http://api:3000/s3-events']`. Bundled only.
   * Default none.
   */
  readonly notify?: readonly string[]
}

/**
 * Declares an S3 server: outputs `url, region, accessKeyId, secretAccessKey, bucket`; its handle has `put()`, `get()`,
 * `list()`, `exists()`, `delete()`, `presign()`, `waitForObject()`, `onEvent()` and `clear()`.
 * Services address buckets by path: `forcePathStyle: true`.
 */
export const s3Mock = definePlugin({
  name: 's3-mock',
  service: (options: S3MockOptions = {}) => {
    const { buckets, region, server, share, ...rest } = complete(options)
    const common = {
      ports: { s3: { port: portOf(server), scheme: 'http' } },
      outputs: {
        url: self('s3.url'),
        region,
        accessKeyId: keyOf(server) ?? accessKeyOf(share),
        secretAccessKey: secret(secretOf(server)),
        bucket: buckets[0] ?? '',
      },
    }
    if (server === 'bundled')
      return {
        ...common,
        ...bundledServer({ ...rest, buckets, region, share }),
        share,
        ready: http('/_mesocosm/ready'),
      }
    if (server === 'adobe')
      return {
        ...common,
        image: rest.image ?? defaults.adobeImage,
        env: {
          COM_ADOBE_TESTING_S3MOCK_STORE_INITIAL_BUCKETS: buckets.join(','),
          COM_ADOBE_TESTING_S3MOCK_STORE_REGION: region,
        },
        ready: http('/favicon.ico'),
      }
    const { image, command, env, readyPath, tasks } = server
    return {
      ...common,
      image: rest.image ?? image,
      ...(command === undefined ? {} : { command }),
      ...(env === undefined ? {} : { env }),
      ...(tasks === undefined ? {} : { tasks }),
      ready: readyPath === undefined ? tcp('s3') : http(readyPath),
    }
  },
  client: (service, options) => {
    const { buckets, server } = complete(options)
    const { outputs } = service
    return createS3Client(
      {
        service: service.name,
        get url() {
          return service.port('s3').url
        },
        insideUrl: `http://${service.name}:${portOf(server)}`,
        region: outputs.region,
        accessKeyId: outputs.accessKeyId,
        secretAccessKey: secretOf(server),
        buckets,
        bundled: server === 'bundled',
      },
      service.onRelease,
    )
  },
})

// ---

/** Returns options with their defaults. @throws {MesocosmError} `TOPOLOGY_INVALID` for an invalid name of a bucket. */
const complete = (options: S3MockOptions) => ({
  buckets: checkedNames(options.buckets ?? ['files']),
  server: options.server ?? 'bundled',
  image: options.image,
  region: options.region ?? defaults.region,
  share: options.share ?? 'lane',
  corsOrigins: options.corsOrigins ?? [],
  domains: options.domains ?? [],
  notify: options.notify ?? [],
})

const checkedNames = (names: readonly string[]): readonly string[] => {
  const wrong = names.filter((name) => !isBucketName(name))
  if (wrong.length > 0)
    throw new MesocosmError({
      code: 'TOPOLOGY_INVALID',
      message: `s3Mock cannot have a bucket named ${wrong.map((name) => `"${name}"`).join(', ')}`,
      remedy: 'use 3 to 63 of a–z, 0–9, hyphens and dots, with a letter or digit at both ends',
      facts: { buckets: wrong },
    })
  return names
}

const portOf = (server: S3Server): number =>
  server === 'bundled' ? bundledPort : server === 'adobe' ? 9090 : server.port

const keyOf = (server: S3Server): string | undefined =>
  typeof server === 'object'
    ? (server.accessKeyId ?? defaults.accessKeyId)
    : server === 'adobe'
      ? defaults.accessKeyId
      : undefined

const secretOf = (server: S3Server): string =>
  typeof server === 'object'
    ? (server.secretAccessKey ?? defaults.secretAccessKey)
    : defaults.secretAccessKey
