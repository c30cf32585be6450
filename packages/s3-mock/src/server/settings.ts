import type { Hook } from './store/model.ts'

/** Settings of the server, read once from its environment. */
export interface Settings {
  /** `S3_PORT`; default 9000. */
  readonly port: number
  /** `S3_HOST`, the address to listen at; default all. */
  readonly host: string | undefined
  /** `S3_DATA`, a folder; default `/tmp/mesocosm-s3`. */
  readonly data: string
  /** `S3_REGION`; `any` accepts requests that are signed for any region; default `us-east-1`. */
  readonly region: string
  /** `S3_ACCESS_KEY_ID`; without it keys are added while the server runs. */
  readonly accessKeyId: string | undefined
  /** `S3_SECRET_ACCESS_KEY`, the secret of every access key; default `mesocosm-secret`. */
  readonly secretAccessKey: string
  /** `S3_BUCKETS`, separated by commas. */
  readonly buckets: readonly string[]
  /** `S3_ACCOUNTS`, separated by commas: names of more accounts, whose access keys end with them. */
  readonly accounts: readonly string[]
  /** `S3_CORS_ORIGINS`, separated by commas. */
  readonly corsOrigins: readonly string[]
  /** `S3_DOMAINS`, separated by commas: host names whose subdomains are buckets; default `localhost`. */
  readonly domains: readonly string[]
  /** `S3_HOOK`: URLs, separated by commas, that events of the declared buckets are posted to. */
  readonly hooks: readonly Hook[]
}

/** Returns the settings of an environment. */
export const readSettings = (env: NodeJS.ProcessEnv): Settings => ({
  port: Number(env.S3_PORT ?? 9000),
  host: env.S3_HOST,
  data: env.S3_DATA ?? '/tmp/mesocosm-s3',
  region: env.S3_REGION ?? 'us-east-1',
  accessKeyId: env.S3_ACCESS_KEY_ID,
  secretAccessKey: env.S3_SECRET_ACCESS_KEY ?? 'mesocosm-secret',
  buckets: list(env.S3_BUCKETS),
  accounts: list(env.S3_ACCOUNTS),
  corsOrigins: list(env.S3_CORS_ORIGINS),
  domains: list(env.S3_DOMAINS ?? 'localhost'),
  hooks: list(env.S3_HOOK).map((url, index) => ({
    id: `declared-${index}`,
    kind: 'QueueConfiguration',
    url,
    events: ['s3:ObjectCreated:*', 's3:ObjectRemoved:*'],
    prefix: '',
    suffix: '',
  })),
})

// ---

const list = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
