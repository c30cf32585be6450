import type { Capability, DeviceSpec } from '../../model/container-settings.ts'
import type { FileSpec, MountSpec } from '../../model/service-spec.ts'
import type { ModuleService } from '../../runtime/module-service.ts'
import { captureStart } from './capture.ts'
import { type Foreign, foreign, isForeign, list, number, present, text, texts } from './foreign.ts'
import { readPorts } from './ports.ts'
import { unreadable } from './unreadable.ts'
import { unsupported } from './unsupported.ts'
import { defaultProbe, type ProbeSurroundings, probeOf } from './wait-strategy.ts'

/**
 * Reads a testcontainers container of any class, not started, as a service: image, command, entrypoint, env, ports,
 * files, mounts, tmpfs, user, workdir, labels, limits, aliases and wait strategy, including what its class sets right
 * before the start. Starts nothing, and imports no testcontainers.
 *
 * @throws {MesocosmError} `MODULE_UNREADABLE` with every unsupported setting in `details`.
 */
export const readContainer = async (container: object): Promise<ModuleService> => {
  try {
    const { fields, faults } = await captureStart(container, (ready) => ({
      fields: snapshot(ready),
      faults: unsupported(ready),
    }))
    const settled = (await Promise.all(faults)).flat()
    if (settled.length > 0) {
      throw unreadable('the container has settings that a service does not support', {
        details: settled,
      })
    }
    return await serviceOf(fields)
  } catch (error) {
    if (isForeign(error) && error.code === 'MODULE_UNREADABLE') throw error
    throw unreadable(`the container could not be read: ${(error as Error)?.message ?? error}`, {
      remedy: 'check the arguments and options of the container',
      cause: error,
    })
  }
}

// ---

// The container is restored after the reading, so its settings are copied.
const snapshot = (ready: Foreign): Foreign => ({
  ...ready,
  createOpts: { ...foreign(ready.createOpts) },
  hostConfig: { ...foreign(ready.hostConfig) },
})

const serviceOf = async (fields: Foreign): Promise<ModuleService> => {
  const create = foreign(fields.createOpts)
  const host = foreign(fields.hostConfig)
  const image = text(create.Image)
  if (image === undefined) throw unreadable('the container has no image')
  const ports = readPorts(create.ExposedPorts, httpPorts(fields.waitStrategy))
  const around = surroundings(ports, fields.healthCheck)
  const ready =
    fields.waitStrategy === undefined
      ? defaultProbe(around)
      : await probeOf(fields.waitStrategy, around)
  return present<ModuleService>({
    image,
    command: texts(create.Cmd),
    entrypoint: texts(create.Entrypoint),
    user: text(create.User),
    platform: text(create.platform),
    workdir: text(create.WorkingDir),
    env: unlessEmpty(readEnv(create.Env)),
    ports: unlessEmpty(ports),
    files: unlessNone(readFiles(fields)),
    mounts: unlessNone(list(host.Binds).map(readBind)),
    tmpfs: unlessEmpty(readTmpfs(host)),
    labels: unlessEmpty(readLabels(create.Labels)),
    aliases: unlessNone(texts(fields.networkAliases) ?? []),
    memoryMiB: positive(number(host.Memory), 2 ** 20),
    cpus: positive(number(host.NanoCpus), 1e9),
    ulimits: unlessEmpty(readUlimits(host.Ulimits)),
    sysctls: unlessEmpty(foreign(host.Sysctls)) as ModuleService['sysctls'],
    devices: unlessNone(list(host.Devices).map(readDevice)),
    init: host.Init === true ? true : undefined,
    pidsLimit: positive(number(host.PidsLimit), 1),
    capAdd: unlessNone(readCapabilities(host.CapAdd)),
    capDrop: unlessNone(readCapabilities(host.CapDrop)),
    securityOpt: unlessNone(texts(host.SecurityOpt) ?? []),
    extraHosts: unlessEmpty(readHosts(host.ExtraHosts)),
    readyTimeoutMs: number(fields.startupTimeoutMs),
    ready,
  })
}

const surroundings = (
  ports: ReturnType<typeof readPorts>,
  healthCheck: unknown,
): ProbeSurroundings => ({
  portName: (wanted) => Object.entries(ports).find(([, { port }]) => port === wanted)?.[0],
  tcpPorts: Object.entries(ports)
    .filter(([, { protocol }]) => protocol !== 'udp')
    .map(([name]) => name),
  healthCheck,
})

/** Ports that a wait strategy probes over HTTP. */
const httpPorts = (strategy: unknown): Set<number> => {
  const fields = foreign(strategy)
  if (Array.isArray(fields.waitStrategies)) {
    return new Set(fields.waitStrategies.flatMap((inner) => [...httpPorts(inner)]))
  }
  const asksHttp = 'path' in fields && 'predicates' in fields
  return new Set(asksHttp ? [Number.parseInt(String(fields.port), 10)] : [])
}

const readEnv = (env: unknown): Record<string, string> =>
  Object.fromEntries(
    (texts(env) ?? []).map((entry) => {
      const at = entry.indexOf('=')
      return at < 0 ? [entry, ''] : [entry.slice(0, at), entry.slice(at + 1)]
    }),
  )

const readFiles = (fields: Foreign): FileSpec[] => [
  ...[...list(fields.filesToCopy), ...list(fields.directoriesToCopy)].map((file) => {
    const { source, target, mode } = foreign(file)
    return present<FileSpec>({ from: text(source), to: String(target), mode: number(mode) })
  }),
  ...list(fields.contentsToCopy).map((file) => {
    const { content, target, mode } = foreign(file)
    return present<FileSpec>({
      content: contentText(content),
      to: String(target),
      mode: number(mode),
    })
  }),
]

const contentText = (content: unknown): string =>
  content instanceof Uint8Array ? Buffer.from(content).toString() : String(content)

const readBind = (bind: unknown): MountSpec => {
  const [from = '', to = '', mode = ''] = String(bind).split(':')
  return { from, to, ...(mode.split(',').includes('ro') ? { readOnly: true } : {}) }
}

const readCapabilities = (names: unknown): Capability[] =>
  // The schema checks the names.
  (texts(names) ?? []).map((name) => name.toUpperCase().replace(/^CAP_/, '') as Capability)

/** The schema checks names and values. */
const readUlimits = (limits: unknown): NonNullable<ModuleService['ulimits']> =>
  Object.fromEntries(
    list(limits).map((limit) => {
      const { Name, Soft, Hard } = foreign(limit)
      return [String(Name), { soft: ulimitValue(Soft ?? Hard), hard: ulimitValue(Hard ?? Soft) }]
    }),
  )

const ulimitValue = (value: unknown) => (value === -1 ? 'unlimited' : Number(value))

const readDevice = (device: unknown): DeviceSpec => {
  const { PathOnHost, PathInContainer, CgroupPermissions } = foreign(device)
  return present<DeviceSpec>({
    from: String(PathOnHost),
    to: text(PathInContainer),
    access: text(CgroupPermissions) as DeviceSpec['access'],
  })
}

const readHosts = (hosts: unknown): Record<string, string> =>
  Object.fromEntries(
    (texts(hosts) ?? []).map((entry) => {
      const at = entry.indexOf(':')
      return [entry.slice(0, at), entry.slice(at + 1)]
    }),
  )

const readTmpfs = (host: Foreign): Record<string, string> => ({
  // A larger /dev/shm is a tmpfs with a size.
  ...(number(host.ShmSize) === undefined ? {} : { '/dev/shm': `size=${host.ShmSize}` }),
  ...Object.fromEntries(
    Object.entries(foreign(host.Tmpfs)).map(([path, options]) => [path, String(options)]),
  ),
})

const readLabels = (labels: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(foreign(labels))
      .filter(([key]) => !key.startsWith('org.testcontainers'))
      .map(([key, value]) => [key, String(value)]),
  )

const positive = (value: number | undefined, unit: number): number | undefined =>
  value === undefined || value === 0 ? undefined : value / unit

const unlessEmpty = <T extends object>(value: T): T | undefined =>
  Object.keys(value).length === 0 ? undefined : value

const unlessNone = <T>(values: readonly T[]): readonly T[] | undefined =>
  values.length === 0 ? undefined : values
