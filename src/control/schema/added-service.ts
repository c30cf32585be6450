import { z } from 'zod'
import { probeSchema } from '../../schema/probe-schema.ts'
import { strict } from '../../schema/strict.ts'
import { envSchema, templateSchema } from '../../schema/template-schema.ts'
import {
  aboveZero,
  count,
  innerPath,
  permissionBits,
  platform,
  portNumber,
  string,
  stringRecord,
  strings,
  zeroOrMore,
} from '../../schema/values.ts'
import { named, timeoutMs } from './registry.ts'

/*
 * What a service can be that is added over the Control API: an image with its settings. What reaches the host, or what
 * makes the supervisor read files or load code, can only be declared in the topology: a caller with
 * a lane's token must not get more than the lane.
 */

const inTopology = (why: string) =>
  z.never({ error: `${why}; declare the service in the topology instead` }).optional()

const host = inTopology('reaches the host, which the Control API does not give')
const code = inTopology('needs files or code of the project, which the Control API does not read')

/** Keys of a definition that only a topology can have, and why. */
const refused = {
  ...{ mounts: host, devices: host, capAdd: host, securityOpt: host, extraHosts: host },
  ...{ sysctls: host, ulimits: host, share: host },
  ...{
    build: code,
    from: code,
    endpoint: code,
    tasks: code,
    prebuild: code,
    debug: code,
    local: code,
  },
  ...{ exec: code, cli: code, sources: code, kind: code },
}

/** Body of `POST /v1/services`. */
export interface AddBody {
  readonly name: string
  readonly image: string
  readonly timeoutMs?: number | undefined
  readonly [key: string]: unknown
}

const port = z.union(
  [
    portNumber,
    strict<{ port: number; protocol?: 'tcp' | 'udp' | undefined; scheme?: string | undefined }>({
      port: portNumber,
      protocol: z.enum(['tcp', 'udp']).optional(),
      scheme: string.optional(),
    }),
  ],
  { error: 'must be a port number, or { "port", "protocol", "scheme" }' },
)

const condition = z.enum(['started', 'healthy', 'completed'])

export const addBody = named(
  'AddService',
  strict({
    name: string.describe('Name of the service, which is its host name on the network.'),
    image: string.regex(/^\S+$/, 'must name an image, without spaces'),
    timeoutMs: timeoutMs.optional(),
    command: strings.describe('Replaces the CMD of the image.').optional(),
    entrypoint: strings.describe('Replaces the ENTRYPOINT of the image.').optional(),
    user: string.optional(),
    workdir: innerPath.optional(),
    env: envSchema.optional(),
    ports: z.record(z.string(), port).describe('Ports by name: {"http": 8025}.').optional(),
    files: z
      .array(
        strict<{ content: string; to: string; mode?: number | undefined }>({
          content: z.string(),
          to: innerPath,
          mode: permissionBits.optional(),
        }),
      )
      .describe('Files with this content, which are copied in.')
      .optional(),
    tmpfs: z.union([z.array(innerPath), z.record(innerPath, z.string())]).optional(),
    dependsOn: z.union([strings, z.record(z.string(), condition)]).optional(),
    ready: probeSchema.optional(),
    readyTimeoutMs: aboveZero.optional(),
    stopTimeoutMs: zeroOrMore.optional(),
    memoryMiB: aboveZero.optional(),
    cpus: aboveZero.optional(),
    pidsLimit: count.optional(),
    shmSizeMiB: aboveZero.optional(),
    init: z.boolean().optional(),
    proxy: z.boolean().optional(),
    platform: platform.optional(),
    labels: stringRecord.optional(),
    aliases: strings.optional(),
    outputs: z.record(z.string(), templateSchema).optional(),
    ...refused,
  } as never) as unknown as z.ZodType<AddBody, AddBody>,
)
