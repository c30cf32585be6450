import { fileURLToPath } from 'node:url'
import type { TaskPlan, TaskSpec } from 'mesocosm'
import { ref, self } from 'mesocosm'

/** Any image with an S3 endpoint, such as one of your own registry. */
export interface OtherServer {
  readonly image: string
  /** Number of its port, inside. */
  readonly port: number
  readonly command?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Answered to a GET with a status below 400 once it serves; default: something listens. */
  readonly readyPath?: string
  /** Default `mesocosm`. */
  readonly accessKeyId?: string
  /** Default `mesocosm-secret`. */
  readonly secretAccessKey?: string
  /** What brings its data back to the start, run inside it: `{ reset: [{ argv: […] }] }`. */
  readonly tasks?: TaskPlan
}

export type Server = 'bundled' | 'adobe' | OtherServer

export const defaults = {
  bundledImage: 'node:24-trixie-slim',
  adobeImage: 'adobe/s3mock:5.2.0',
  accessKeyId: 'mesocosm',
  secretAccessKey: 'mesocosm-secret',
  region: 'us-east-1',
} as const

export const bundledPort = 9000

const program = '/mesocosm/s3-server.cjs'

/** Declaration of the server that comes with this package. */
export const bundledServer = (options: {
  readonly image: string | undefined
  readonly buckets: readonly string[]
  readonly region: string
  readonly share: 'lane' | 'run'
  readonly corsOrigins: readonly string[]
  readonly domains: readonly string[]
  readonly notify: readonly string[]
}) => {
  const { buckets, region, share, corsOrigins, domains, notify } = options
  return {
    image: options.image ?? defaults.bundledImage,
    command: ['node', program],
    // In the build's folder, from there as from the sources.
    files: [
      { from: fileURLToPath(new URL('../dist/s3-server.cjs', import.meta.url)), to: program },
    ],
    env: {
      S3_PORT: String(bundledPort),
      S3_REGION: region,
      S3_BUCKETS: buckets.join(','),
      S3_SECRET_ACCESS_KEY: defaults.secretAccessKey,
      S3_CORS_ORIGINS: corsOrigins.join(','),
      S3_DOMAINS: ['localhost', ...domains].join(','),
      S3_HOOK: notify.join(','),
      // A shared server gets its keys as lanes come.
      ...(share === 'lane' ? { S3_ACCESS_KEY_ID: defaults.accessKeyId } : {}),
    },
    aliases: domains.flatMap((domain) => [domain, ...buckets.map((name) => `${name}.${domain}`)]),
    tasks: {
      ...(share === 'run' ? { enter: [keyTask('PUT')], leave: [keyTask('DELETE')] } : {}),
      reset: [keyTask('POST')],
      deepReset: [keyTask('POST')],
    },
  }
}

/** With its own server a lane has the same key as any other; on a shared one the key is what tells them apart. */
export const accessKeyOf = (share: 'lane' | 'run') =>
  share === 'lane' ? defaults.accessKeyId : ref('lane.name')

// ---

/** Enters, resets or removes the lane's access key: by bash where the image has it, which starts sooner than Node. */
const keyTask = (method: 'PUT' | 'POST' | 'DELETE'): TaskSpec => ({
  argv: ['sh', '-c', 'eval "$REQUEST"', 'sh', method, self('accessKeyId')],
  // By variables, so that a failure names the request and not the whole script.
  env: { REQUEST: request, REQUEST_BY_BASH: requestByBash, REQUEST_BY_NODE: requestByNode },
})

/** A key that would have to be escaped within a path is left to Node. */
const request = `case $2 in *[!a-zA-Z0-9_-]*) plain='' ;; *) plain=yes ;; esac
if [ "$plain" ] && command -v bash > /dev/null; then exec bash -c "$REQUEST_BY_BASH" bash "$@"; fi
exec node -e "$REQUEST_BY_NODE" "$@"`

const requestByBash = `set -e
exec 3<> /dev/tcp/127.0.0.1/${bundledPort}
printf '%s /_mesocosm/keys/%s HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: close\\r\\n\\r\\n' "$1" "$2" >&3
read -r _ status _ <&3
if [ "$status" != 204 ]; then echo "status $status" >&2; exit 1; fi`

const requestByNode = `const [, method, key] = process.argv
const fail = (reason) => { console.error(reason); process.exitCode = 1 }
require('node:http')
  .request({ port: ${bundledPort}, method, path: '/_mesocosm/keys/' + encodeURIComponent(key) }, (answer) => {
    answer.resume()
    if (answer.statusCode !== 204) fail('status ' + answer.statusCode)
  })
  .on('error', fail)
  .end()`
