import { isAbsolute, normalize } from 'node:path'
import { z } from 'zod'
import { cliKinds } from '../model/cli.ts'
import { composeWords } from '../model/compose-words.ts'
import type { DeviceSpec, Sysctls } from '../model/container-settings.ts'
import { isRecord } from '../model/record.ts'
import type {
  BuildSecretSpec,
  BuildSpec,
  DebugSources,
  DebugSpec,
  FileSpec,
  LocalSpec,
  LocalUnsupported,
  ModuleSpec,
  MountSpec,
  PortSpec,
  ServiceSpec,
  TaskContainerSpec,
  TaskPlan,
  TaskSpec,
  TopologySpec,
} from '../model/service-spec.ts'
import { debugKinds } from '../model/service-spec.ts'
import { eitherOf } from './either-of.ts'
import { probeSchema } from './probe-schema.ts'
import { strict } from './strict.ts'
import { envSchema, templateSchema } from './template-schema.ts'
import { ulimitsSchema } from './ulimits-schema.ts'
import {
  aboveZero,
  address,
  capability,
  count,
  devicePath,
  hostPath,
  innerPath,
  permissionBits,
  platform,
  portNumber,
  securityOption,
  string,
  stringRecord,
  strings,
  sysctlName,
  sysctlValue,
  zeroOrMore,
} from './values.ts'

const isBelow = (path: string): boolean =>
  path !== '' && !isAbsolute(path) && !/^\.\.?([\\/]|$)/.test(normalize(path))

const portSchema = strict<PortSpec>({
  port: portNumber,
  protocol: z.enum(['tcp', 'udp']).optional(),
  scheme: string.regex(/^[a-z][a-z0-9+.-]*$/i, 'must be a scheme such as "http", without "://"'),
})

const startArgv = z.array(string, {
  error: ({ code }) =>
    code === 'invalid_type'
      ? 'must be an array of the program and its arguments, such as ["node", "server.js"]; a shell line is ["sh", "-c", "…"]'
      : undefined,
})

const namedPorts = ({ code, input }: { readonly code?: string; readonly input?: unknown }) =>
  code === 'invalid_type' && Array.isArray(input)
    ? 'must be ports of the service by name, such as { http: 3000 }; each gets a free port of the host'
    : undefined

const imageName = string.regex(/^\S+$/, 'must name an image, without spaces')

const buildId = string.regex(/^[^\s,=]+$/, 'must be an id without spaces, "," and "="')

const buildSecretSchema = strict<BuildSecretSpec>(
  {
    file: hostPath.optional(),
    env: string.regex(/^[^\s=]+$/, 'must name an environment variable').optional(),
    secret: z.string().optional(),
  },
  { form: '{ env } or { file } or secret(…)' },
)

const buildSchema = strict<BuildSpec>({
  context: hostPath,
  dockerfile: string.optional(),
  dockerfileInline: string.min(1, 'must be the content of a Dockerfile').optional(),
  target: string.optional(),
  args: stringRecord.optional(),
  platform: platform.optional(),
  cacheFrom: z.array(imageName).optional(),
  secrets: z.record(buildId, buildSecretSchema).optional(),
  ssh: z
    .record(
      buildId,
      z.union([hostPath, z.literal('')], { error: 'must be the path of a socket' }),
      {
        error: 'must be true for the agent of SSH_AUTH_SOCK, or sockets of agents by id',
      },
    )
    .optional(),
})

const moduleSchema = strict<ModuleSpec>({
  module: string.min(1, 'must name a package'),
  export: string.min(1, 'must name an export of the module'),
  args: z.array(z.unknown()),
  options: z.record(string, z.array(z.unknown())),
  resolveFrom: string.optional(),
})

const fileSchema = strict<FileSpec>(
  {
    from: hostPath.optional(),
    content: z.string().optional(),
    to: innerPath,
    mode: permissionBits.optional(),
  },
  { form: '{ from, to } or { content, to }' },
)

/** Copied to a folder of the service's own. */
const localFileSchema = strict<FileSpec>(
  {
    from: hostPath.optional(),
    content: z.string().optional(),
    to: string.refine(isBelow, 'must be a path below the service’s own folder, relative to it'),
    mode: permissionBits.optional(),
  },
  { form: '{ from, to } or { content, to }' },
)

const mountSchema = strict<MountSpec>(
  {
    from: hostPath,
    to: innerPath,
    readOnly: z.boolean().optional(),
  },
  { form: '{ from, to }' },
)

const deviceSchema = strict<DeviceSpec>(
  {
    from: devicePath,
    to: devicePath.optional(),
    access: z.enum(['r', 'w', 'rw', 'rwm']).optional(),
  },
  { form: '{ from, to?, access? }' },
)

const wrong = (error: string) => z.custom<undefined>(() => false, { error }).optional()

const taskShape = {
  argv: z.array(templateSchema).min(1, 'must name a program'),
  user: string.optional(),
  env: envSchema.optional(),
  stdin: templateSchema.optional(),
  timeoutMs: aboveZero.optional(),
}

const containerSchema = strict<TaskContainerSpec>({
  image: string.min(1, 'must name an image').optional(),
  build: buildSchema.optional(),
  platform: platform.optional(),
  files: z.array(fileSchema).optional(),
  workdir: innerPath.optional(),
})

const tasks = z
  .array(
    strict<TaskSpec>({
      ...taskShape,
      container: wrong('can be used only in setup'),
    }),
  )
  .optional()

const taskPlanSchema = strict<TaskPlan>({
  setup: z
    .array(strict<TaskSpec>({ ...taskShape, container: containerSchema.optional() }))
    .optional(),
  enter: tasks,
  enterAlone: tasks,
  baseline: tasks,
  reset: tasks,
  deepReset: tasks,
  leave: tasks,
})

const debugSchema = strict<DebugSpec>(
  {
    kind: z.enum(debugKinds).optional(),
    port: portNumber.optional(),
    sources: strict<DebugSources>({ local: hostPath, remote: innerPath }).optional(),
  },
  { form: `${debugKinds.map((kind) => `"${kind}"`).join(', ')} or { kind?, port?, sources? }` },
)

const localProcessSchema = strict<LocalSpec>({
  command: startArgv.min(1, 'must name a program'),
  cwd: hostPath,
  env: envSchema.optional(),
  watch: z.array(hostPath).optional(),
  portEnv: stringRecord.optional(),
  files: z.array(localFileSchema).optional(),
  tasks: taskPlanSchema.optional(),
})

const localUnsupportedSchema = strict<LocalUnsupported>({
  unsupported: string.min(1, 'must say why it cannot run as a process'),
  remedy: string.optional(),
})

/** Picks one by its keys, because the faults of a union name none of them. */
const localSchema = eitherOf<LocalSpec | LocalUnsupported>((value) =>
  isRecord(value) && 'unsupported' in value ? localUnsupportedSchema : localProcessSchema,
)

/** Keys that stay in the test process if they are well-formed: whatever arrives here is not. */
interface ClientKeys {
  readonly cli?: undefined
  readonly sources?: undefined
}

const serviceShape: z.ZodType<ServiceSpec & ClientKeys> = strict<ServiceSpec & ClientKeys>(
  {
    kind: string.optional(),
    image: imageName.optional(),
    build: buildSchema.optional(),
    from: moduleSchema.optional(),
    endpoint: z.enum(['test']).optional(),
    command: startArgv.optional(),
    entrypoint: startArgv.optional(),
    user: string.optional(),
    workdir: innerPath.optional(),
    env: envSchema.optional(),
    ports: z.record(string, portSchema, { error: namedPorts }).optional(),
    files: z.array(fileSchema).optional(),
    mounts: z.array(mountSchema).optional(),
    tmpfs: z.record(innerPath, string).optional(),
    dependsOn: z.record(string, z.enum(['started', 'healthy', 'completed'])).optional(),
    ready: probeSchema.optional(),
    readyTimeoutMs: aboveZero.optional(),
    stopTimeoutMs: zeroOrMore.optional(),
    memoryMiB: aboveZero.optional(),
    cpus: aboveZero.optional(),
    pidsLimit: count.optional(),
    platform: platform.optional(),
    shmSizeMiB: aboveZero.optional(),
    capAdd: z.array(capability).optional(),
    capDrop: z.array(capability).optional(),
    securityOpt: z.array(securityOption).optional(),
    init: z.boolean().optional(),
    ulimits: ulimitsSchema.optional(),
    sysctls: (z.record(sysctlName, sysctlValue) as unknown as z.ZodType<Sysctls>).optional(),
    devices: z.array(deviceSchema).optional(),
    proxy: z.boolean().optional(),
    extraHosts: z.record(string, address).optional(),
    labels: stringRecord.optional(),
    share: z.enum(['lane', 'run']).optional(),
    aliases: strings.optional(),
    telemetry: z.boolean().optional(),
    debug: debugSchema.optional(),
    local: localSchema.optional(),
    outputs: z.record(string, templateSchema).optional(),
    tasks: taskPlanSchema.optional(),
    prebuild: z.boolean().optional(),
    cli: wrong(
      `must be the program and arguments of a command-line tool, as ["php", "bin/console"], or { argv, kind } where kind is one of ${cliKinds.join(', ')}`,
    ),
    sources: wrong('must be a folder, or an array of folders, relative to the topology’s folder'),
  },
  { words: composeWords },
)

/** The shape of a service. */
export const serviceSchema = serviceShape as z.ZodType<ServiceSpec, ServiceSpec>

/** The shape of a topology. Rules check whether its parts fit together. */
export const topologySchema: z.ZodType<TopologySpec, TopologySpec> = strict<TopologySpec>({
  name: string.regex(
    /^[a-z0-9][a-z0-9_.-]{0,60}$/i,
    'must be 1 to 61 letters, digits, "-", "_" or ".", a letter or digit first',
  ),
  root: hostPath,
  services: z.record(string, serviceSchema),
})
