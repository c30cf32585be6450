import { fileURLToPath } from 'node:url'
import type { TaskPlan, TaskSpec } from 'mesocosm'
import { ref, self } from 'mesocosm'

/** Any image with an S3 endpoint, such as one in your own registry. */
export interface S3ServerImage {
  /** Image reference. */
  readonly image: string
  /** Port of the endpoint in the container. */
  readonly port: number
  /** Start command; default that of the image. */
  readonly command?: readonly string[]
  /** Environment; default none. */
  readonly env?: Readonly<Record<string, string>>
  /** Path that answers GET with a status below 400 once the server is ready; default: the port accepts connections. */
  readonly readyPath?: string
  /** Its access key. Default `mesocosm`. */
  readonly accessKeyId?: string
  /** Secret of the access key. Default `mesocosm-secret`. */
  readonly secretAccessKey?: string
  /** Tasks in its container that reset its data: `{ reset: [{ argv: […] }] }`. Default none. */
  readonly tasks?: TaskPlan
}

/** The S3 server to run: a known product, or any other image. */
export type S3Server = 'bundled' | 'adobe' | S3ServerImage

/** Images, keys and region, unless options name others. */
export const defaults = {
  bundledImage: 'node:24-trixie-slim',
  adobeImage: 'adobe/s3mock:5.2.0',
  accessKeyId: 'mesocosm',
  secretAccessKey: 'mesocosm-secret',
  region: 'us-east-1',
} as const

/** Port of the bundled server in its container. */
export const bundledPort = 9000

const program = '/mesocosm/s3-server.cjs'

/** In the build's folder, also when this file runs from source. */
const bundledProgram = fileURLToPath(new URL('../dist/s3-server.cjs', import.meta.url))

/** Where a process keeps its data. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the program's start replaces it.
const folder = '${DIR}/data'

/** Returns the part of the definition that only the bundled server has. */
export const bundledServer = (options: {
  readonly image: string | undefined
  readonly buckets: readonly string[]
  readonly region: string
  readonly share: 'lane' | 'run'
  readonly accounts: readonly string[]
  readonly corsOrigins: readonly string[]
  readonly domains: readonly string[]
  readonly notify: readonly string[]
}) => {
  const { buckets, region, share, accounts, corsOrigins, domains, notify } = options
  return {
    image: options.image ?? defaults.bundledImage,
    command: ['node', program],
    files: [{ from: bundledProgram, to: program }],
    env: {
      S3_PORT: String(bundledPort),
      S3_REGION: region,
      S3_BUCKETS: buckets.join(','),
      S3_SECRET_ACCESS_KEY: defaults.secretAccessKey,
      S3_ACCOUNTS: accounts.join(','),
      S3_CORS_ORIGINS: corsOrigins.join(','),
      S3_DOMAINS: ['localhost', ...domains].join(','),
      S3_HOOK: notify.join(','),
      // A shared server gets a key with each lane.
      ...(share === 'lane' ? { S3_ACCESS_KEY_ID: defaults.accessKeyId } : {}),
    },
    aliases: domains.flatMap((domain) => [domain, ...buckets.map((name) => `${name}.${domain}`)]),
    local: {
      command: [process.execPath, bundledProgram],
      // Its program is read where it is.
      files: [],
      env: { S3_HOST: '127.0.0.1', S3_DATA: folder },
      portEnv: 'S3_PORT',
    },
    tasks: {
      ...(share === 'run' ? { enter: [keyTask('PUT')], leave: [keyTask('DELETE')] } : {}),
      reset: [keyTask('POST')],
      deepReset: [keyTask('POST')],
    },
  }
}

/** Returns the access key of a lane. On a shared server it identifies the lane. */
export const accessKeyOf = (share: 'lane' | 'run') =>
  share === 'lane' ? defaults.accessKeyId : ref('lane.name')

// ---

/**
 * Returns a task that adds, resets or removes the lane's access key. It uses bash if the image has it, because bash starts
 * faster than Node.
 */
const keyTask = (method: 'PUT' | 'POST' | 'DELETE'): TaskSpec => ({
  argv: ['sh', '-c', 'eval "$REQUEST"', 'sh', method, self('accessKeyId')],
  // In variables, so that a failure shows the request instead of the script.
  env: { REQUEST: request, REQUEST_BY_BASH: requestByBash, REQUEST_BY_NODE: requestByNode },
})

/** Uses Node for a key that must be escaped in a path. */
const request = `case $2 in *[!a-zA-Z0-9_-]*) plain='' ;; *) plain=yes ;; esac
if [ "$plain" ] && command -v bash > /dev/null; then exec bash -c "$REQUEST_BY_BASH" bash "$@"; fi
exec node -e "$REQUEST_BY_NODE" "$@"`

const requestByBash = `set -e
exec 3<> "/dev/tcp/127.0.0.1/$S3_PORT"
printf '%s /_mesocosm/keys/%s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' "$1" "$2" >&3
read -r _ status _ <&3
if [ "$status" != 204 ]; then echo "status $status" >&2; exit 1; fi`

const requestByNode = `const [, method, key] = process.argv
const fail = (reason) => { console.error(reason); process.exitCode = 1 }
require('node:http')
  .request({ port: process.env.S3_PORT, method, path: '/_mesocosm/keys/' + encodeURIComponent(key) }, (answer) => {
    answer.resume()
    if (answer.statusCode !== 204) fail('status ' + answer.statusCode)
  })
  .on('error', fail)
  .end()`
