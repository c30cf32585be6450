import { definePlugin, http, MesocosmError, secret, self, tcp } from 'mesocosm'
import { isBucketName } from './bucket-name.ts'
import { createS3Client } from './client/s3-client.ts'
import './matchers.ts'
import { accessKeyOf, bundledPort, bundledServer, defaults, type S3Server } from './servers.ts'

export type { S3Expectations } from './client/expectations.ts'
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
  /**
   * Region of the server; requests that are signed for another are refused. `any` accepts every region, and its output
   * `region` is `us-east-1`; bundled only. Default `us-east-1`.
   */
  readonly region?: string
  /**
   * More AWS accounts, as `['partner']`. They own none of the declared buckets, and can do what policies and ACLs allow.
   * Access key: that of the service with `-partner`; same secret. Bundled only. Default none.
   */
  readonly accounts?: readonly string[]
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
        region: region === 'any' ? defaults.region : region,
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
          COM_ADOBE_TESTING_S3MOCK_STORE_REGION: common.outputs.region,
        },
        ready: http('/favicon.ico'),
        local: onlyInImage('adobe'),
      }
    const { image, command, env, readyPath, tasks } = server
    return {
      ...common,
      image: rest.image ?? image,
      ...(command === undefined ? {} : { command }),
      ...(env === undefined ? {} : { env }),
      ...(tasks === undefined ? {} : { tasks }),
      ready: readyPath === undefined ? tcp('s3') : http(readyPath),
      local: onlyInImage(image),
    }
  },
  matchers: ['toHaveObject'],
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
      service.recordCaptured,
    )
  },
  captured: async ({ client, service, signal }, options) => {
    const { capturedObjects, listedObjects } = await import('./client/captured-objects.ts')
    const { buckets, server } = complete(options)
    if (server !== 'bundled') return listedObjects(client, buckets, signal)
    const { url } = service.port('s3')
    const { accessKeyId } = service.outputs
    return capturedObjects({ service: service.name, url, accessKeyId }, signal)
  },
})

// ---

/** Why another server than the bundled one cannot run as a process of this machine. */
const onlyInImage = (server: string) => ({
  unsupported: `has the server ${server}, which is only in its image`,
  remedy: 'leave out `server`, for the bundled one',
})

/** Returns options with their defaults. @throws {MesocosmError} `TOPOLOGY_INVALID` with all faults. */
const complete = (options: S3MockOptions) => {
  const faults = faultsOf(options)
  if (faults.length > 0)
    throw new MesocosmError({
      code: 'TOPOLOGY_INVALID',
      message: `s3Mock ${faults.map(({ what }) => what).join('; ')}`,
      remedy: faults.map(({ remedy }) => remedy).join('; '),
      facts: Object.assign({}, ...faults.map(({ facts }) => facts)),
    })
  return {
    buckets: options.buckets ?? ['files'],
    server: options.server ?? 'bundled',
    image: options.image,
    region: options.region ?? defaults.region,
    share: options.share ?? 'lane',
    accounts: options.accounts ?? [],
    corsOrigins: options.corsOrigins ?? [],
    domains: options.domains ?? [],
    notify: options.notify ?? [],
  } as const
}

interface Fault {
  readonly what: string
  readonly remedy: string
  readonly facts: Readonly<Record<string, unknown>>
}

const faultsOf = (options: S3MockOptions): readonly Fault[] => {
  const { buckets = [], accounts = [], server = 'bundled' } = options
  const wrongBuckets = buckets.filter((name) => !isBucketName(name))
  const wrongAccounts = accounts.filter(
    (name, at) => !/^[a-z0-9-]{1,32}$/.test(name) || accounts.indexOf(name) !== at,
  )
  const ofBundled =
    server === 'bundled' ? [] : bundledOptions.filter((name) => isGiven(options, name))
  return [
    {
      names: wrongBuckets,
      what: `cannot have a bucket named ${quoted(wrongBuckets)}`,
      remedy: 'use 3 to 63 of a–z, 0–9, hyphens and dots, with a letter or digit at both ends',
      facts: { buckets: wrongBuckets },
    },
    {
      names: wrongAccounts,
      what: `cannot have an account named ${quoted(wrongAccounts)}`,
      remedy: 'use 1 to 32 of a–z, 0–9 and hyphens, each name once',
      facts: { accounts: wrongAccounts },
    },
    {
      names: ofBundled,
      what: `has ${ofBundled.join(', ')} only with the bundled server`,
      remedy: `remove ${ofBundled.join(', ')}, or the option server`,
      facts: { options: ofBundled },
    },
  ].filter(({ names }) => names.length > 0)
}

/** Options that no other server has. */
const bundledOptions = ['share', 'accounts', 'corsOrigins', 'domains', 'notify', 'region'] as const

const isGiven = (options: S3MockOptions, name: (typeof bundledOptions)[number]): boolean => {
  const value = options[name]
  if (name === 'region') return value === 'any'
  return name === 'share' ? value === 'run' : (value ?? []).length > 0
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')

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
