import { resolve } from 'node:path'
import { isRecord } from '../model/record.ts'
import type { ServiceSpec } from '../model/service-spec.ts'
import { isCli, isSources } from './cli.ts'
import { compileBuild } from './compile-build.ts'
import { pluginOf } from './plugin-node.ts'

/**
 * Compiles one definition to plain data: absolute paths, long forms, without the keys that only the test process uses.
 * Nothing is checked: malformed values pass through for the schema to report.
 */
export const compileService = (definition: unknown, root: string): ServiceSpec => {
  if (!isRecord(definition)) return definition as ServiceSpec
  const { exec: _client, ...rest } = withoutClientKeys(definition)
  const kind = pluginOf(definition)?.name
  const compiled = mapValues(rest, (value, key) => {
    const convert = Object.hasOwn(converters, key) ? converters[key] : undefined
    return convert === undefined ? value : convert(value, root)
  })
  return present({
    ...(kind === undefined ? {} : { kind }),
    ...compiled,
    local: compileLocal(compiled, root),
  }) as ServiceSpec
}

/** Well-formed `cli` and `sources` are for the test process alone; malformed ones stay for the schema to report. */
const withoutClientKeys = (definition: Fields): Fields => {
  const { cli, sources, ...rest } = definition
  return {
    ...rest,
    ...(cli === undefined || isCli(cli) ? {} : { cli }),
    ...(sources === undefined || isSources(sources) ? {} : { sources }),
  }
}

type Converter = (value: unknown, root: string) => unknown

const converters: Readonly<Record<string, Converter>> = {
  build: (build, root) => {
    if (typeof build === 'string') return withPath({ context: build }, 'context', root)
    return isRecord(build) ? compileBuild(build, root) : build
  },
  env: (env) => (isRecord(env) ? present(env) : env),
  ports: (ports) => (isRecord(ports) ? mapValues(ports, compilePort) : ports),
  files: (files, root) => eachOf(files, (file) => withPath(file, 'from', root)),
  mounts: (mounts, root) => eachOf(mounts, (mount) => withPath(mount, 'from', root)),
  tmpfs: (tmpfs) =>
    Array.isArray(tmpfs) ? Object.fromEntries(tmpfs.map((path) => [String(path), ''])) : tmpfs,
  dependsOn: (names) =>
    Array.isArray(names)
      ? Object.fromEntries(names.map((name) => [String(name), 'healthy']))
      : isRecord(names)
        ? present(names)
        : names,
  debug: (debug, root) => compileDebug(debug, root),
  ready: (probe) => compileProbe(probe),
  tasks: (tasks, root) =>
    isRecord(tasks) && Array.isArray(tasks.setup)
      ? { ...tasks, setup: eachOf(tasks.setup, (task) => withContainer(task, root)) }
      : tasks,
}

const withContainer = (task: Fields, root: string): Fields => {
  const { container } = task
  if (!isRecord(container)) return task
  const { build, files } = container
  return {
    ...task,
    container: present({
      ...container,
      build: build === undefined ? undefined : converters.build?.(build, root),
      files: files === undefined ? undefined : converters.files?.(files, root),
    }),
  }
}

const compileDebug = (debug: unknown, root: string): unknown => {
  if (typeof debug === 'number') return { port: debug }
  if (typeof debug === 'string') return { kind: debug }
  if (!isRecord(debug) || !isRecord(debug.sources)) return debug
  return { ...debug, sources: withPath(debug.sources, 'local', root) }
}

/** @param service with its other keys compiled. */
const compileLocal = ({ local, build, ports }: Fields, root: string): unknown => {
  if (!isRecord(local) || 'unsupported' in local) return local
  const { watch, portEnv, env, files } = local
  const first = Object.keys(isRecord(ports) ? ports : {})[0]
  const folder = local.cwd ?? (isRecord(build) ? build.context : '.')
  return present({
    ...withPath({ ...local, cwd: folder }, 'cwd', root),
    env: isRecord(env) ? present(env) : env,
    files: files === undefined ? undefined : converters.files?.(files, root),
    watch: watch === undefined ? undefined : pathsOf(watch, root),
    portEnv: typeof portEnv === 'string' && first !== undefined ? { [first]: portEnv } : portEnv,
  })
}

const pathsOf = (paths: unknown, root: string): unknown => {
  const all = typeof paths === 'string' ? [paths] : paths
  return Array.isArray(all) && typeof root === 'string'
    ? all.map((path) => (typeof path === 'string' ? resolve(root, path) : path))
    : all
}

const compilePort = (port: unknown, name: string): unknown => {
  if (typeof port === 'number') return { port, scheme: defaultScheme(name) }
  if (!isRecord(port)) return port
  return { ...port, scheme: port.scheme ?? defaultScheme(name, port.protocol) }
}

/** The port's name if that is a URL scheme, else `http`, which no UDP port speaks. */
const defaultScheme = (portName: string, protocol: unknown = 'tcp'): string =>
  schemes.has(portName) ? portName : protocol === 'udp' ? 'udp' : 'http'

/** Port names that are also URL schemes. */
const schemes = new Set(
  (
    'http https ws wss grpc grpcs redis rediss amqp amqps smtp smtps imap imaps pop3 pop3s ' +
    'postgres postgresql mysql mariadb mongodb mssql oracle clickhouse cassandra ' +
    'mqtt mqtts nats kafka stomp ldap ldaps ftp sftp ssh s3 memcached bolt neo4j etcd consul tcp udp'
  ).split(' '),
)

/** Probes written by hand may hold a regular expression, which is not plain data. */
const compileProbe = (probe: unknown): unknown => {
  if (!isRecord(probe)) return probe
  if (Array.isArray(probe.probes)) return { ...probe, probes: probe.probes.map(compileProbe) }
  const { pattern } = probe
  return pattern instanceof RegExp
    ? { ...probe, pattern: pattern.source, flags: pattern.flags }
    : present(probe)
}

type Fields = Readonly<Record<string, unknown>>

const mapValues = (fields: Fields, map: (value: unknown, key: string) => unknown): Fields =>
  Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, map(value, key)]))

/** Removes keys that are `undefined`, which mean the same as absent ones. */
const present = (fields: Fields): Fields =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))

const eachOf = (items: unknown, map: (item: Fields) => unknown): unknown =>
  Array.isArray(items) ? items.map((item) => (isRecord(item) ? map(item) : item)) : items

const withPath = (fields: Fields, key: string, root: string): Fields => {
  const path = fields[key]
  // A malformed root is reported as such.
  const isResolvable = typeof path === 'string' && typeof root === 'string'
  return isResolvable ? { ...fields, [key]: resolve(root, path) } : fields
}
